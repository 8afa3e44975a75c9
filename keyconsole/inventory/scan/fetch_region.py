"""Reading one Region of an account: ListKeys, one un-keyed ListAliases, DescribeKey for each `mrk-` key.

No database: threads run this. Never raises for what AWS answers; a look that failed says how.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from keyconsole.inventory.models import Depth, Outcome, Sight
from keyconsole.inventory.observation import Details, RegionObservation, SeenKey
from keyconsole.inventory.scan.rate_limit import Pace, Stopped
from keyconsole.kms.client import Kms
from keyconsole.kms.errors import (
    AccessDenied,
    CredentialsRefused,
    KmsError,
    RegionNotEnabled,
    Throttled,
    Unreachable,
)
from keyconsole.kms.facts import KeyArn, NotMultiRegion, RegionKeyFacts, RotationFacts

T = TypeVar("T")

# After one of these the next key of the Region would fare no better.
_ENDS_THE_LOOK = (Unreachable, CredentialsRefused, RegionNotEnabled, Throttled, Stopped)
# Only these rotate by themselves; for others the question is an error.
_ROTATING_SPEC, _ROTATING_ORIGIN = "SYMMETRIC_DEFAULT", "AWS_KMS"


def fetch_region(kms: Kms, *, depth: Depth, pace: Pace, clock: Callable[[], datetime]) -> RegionObservation:
    look = _Look(kms, depth, pace, clock)
    started_at = clock()
    try:
        look.read()
    except KmsError as error:
        look.ended_by = error
    return RegionObservation(
        region=kms.region,
        outcome=look.outcome,
        problem=look.problem,
        started_at=started_at,
        finished_at=clock(),
        listed=look.listed,
        seen=tuple(look.seen),
        undescribed=look.undescribed,
        aliases=look.aliases,
    )


def outcome_of(error: KmsError) -> Outcome:
    """How a Region whose reading ended with this error is called."""
    if isinstance(error, AccessDenied | RegionNotEnabled | CredentialsRefused):
        return Outcome.DENIED
    return Outcome.UNREACHABLE if isinstance(error, Unreachable) else Outcome.FAILED


@dataclass(slots=True)
class _Look:
    kms: Kms
    depth: Depth
    pace: Pace
    clock: Callable[[], datetime]
    listed: frozenset[str] | None = None
    aliases: dict[str, tuple[str, ...]] | None = None
    seen: list[SeenKey] = field(default_factory=list)
    undescribed: dict[str, Sight] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ended_by: KmsError | None = None

    @property
    def outcome(self) -> Outcome:
        if self.ended_by:
            return outcome_of(self.ended_by)
        if self.problems:
            return Outcome.PARTIAL
        return Outcome.SEEN if self.seen else Outcome.EMPTY

    @property
    def problem(self) -> str:
        sentences = [*([str(self.ended_by)] if self.ended_by else []), *self.problems]
        more = f" And {len(sentences) - 3} more." if len(sentences) > 3 else ""
        return " ".join(sentences[:3]) + more

    def read(self) -> None:
        keys = [key for key in self.pace.call(self.kms.list_keys) if key.is_multi_region]
        self.listed = frozenset(key.key_id for key in keys)
        self._read_aliases()
        for key in keys:
            self._describe(key.arn)

    def _read_aliases(self) -> None:
        pointing: dict[str, list[str]] = defaultdict(list)
        aliases = self._unless_refused(self.kms.list_aliases)
        if aliases is None:
            return
        for alias in aliases:
            pointing[alias.key_id].append(alias.name)
        self.aliases = {key_id: tuple(sorted(names)) for key_id, names in pointing.items()}

    def _describe(self, arn: KeyArn) -> None:
        looked_at = self.clock()
        try:
            facts = self.pace.call(lambda: self.kms.describe_key(arn))
        except _ENDS_THE_LOOK:
            raise
        except (KmsError, NotMultiRegion) as error:
            denied = isinstance(error, AccessDenied)
            self.undescribed[arn.key_id] = Sight.DENIED if denied else Sight.UNREACHABLE
            self.problems.append(str(error))
            return
        details = self._details(facts) if self.depth == Depth.DETAILS else None
        self.seen.append(SeenKey(facts, looked_at, details))

    def _details(self, facts: RegionKeyFacts) -> Details:
        before = len(self.problems)
        policy = self._unless_refused(lambda: self.kms.get_key_policy(facts.arn))
        tags = self._unless_refused(lambda: self.kms.list_resource_tags(facts.arn))
        rotation = self._rotation(facts)
        return Details(policy, tags, rotation, " ".join(self.problems[before:]))

    def _rotation(self, facts: RegionKeyFacts) -> RotationFacts | None:
        if (facts.key_spec, facts.origin) != (_ROTATING_SPEC, _ROTATING_ORIGIN):
            return None
        return self._unless_refused(lambda: self.kms.get_key_rotation_status(facts.arn))

    def _unless_refused(self, ask: Callable[[], T]) -> T | None:
        try:
            return self.pace.call(ask)
        except _ENDS_THE_LOOK:
            raise
        except KmsError as error:
            self.problems.append(str(error))
            return None
