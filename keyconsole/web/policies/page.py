"""One policy: what it says, its versions and what changed between them, and how a proposed one stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.document.compare import Comparison, differences
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.words import Row, rows
from keyconsole.policies.models import Policy, PolicyVersion, PolicyVote, VersionState
from keyconsole.policies.quorum.requirements import Line
from keyconsole.policies.versions.notifications import told_voters
from keyconsole.policies.versions.votes import Tally, may_agree, may_reject, may_withdraw, tallies
from keyconsole.refusals import Verdict
from keyconsole.web.policies.editor import written
from keyconsole.web.policies.impact import Impact, impact_of

_HELD = {VersionState.ACTIVE.value, VersionState.SUPERSEDED.value}


@dataclass(frozen=True, slots=True)
class Version:
    """One version beside the one that held before it."""

    row: PolicyVersion
    before: PolicyVersion | None
    votes: tuple[PolicyVote, ...]

    @property
    def rules(self) -> Rules | None:
        return self.row.rules

    @property
    def words(self) -> tuple[Row, ...]:
        return rows(self.rules) if self.rules else ()

    @property
    def json(self) -> str:
        return written(self.row.document)

    @property
    def is_first(self) -> bool:
        """There is nothing to compare it with."""
        return self.before is None or self.before.retires

    @property
    def differences(self) -> tuple[Comparison, ...]:
        before = self.before.rules if self.before else None
        return differences(before, self.rules) if before and self.rules else ()


@dataclass(frozen=True, slots=True)
class ShownTally:
    """One agreement; an account that the person may not see is not named."""

    account: str
    lines: tuple[tuple[Line, tuple[str, ...]], ...]  # each with who could fill what is missing


@dataclass(frozen=True, slots=True)
class Proposal:
    """The version that waits, and what this person may do with it."""

    version: Version
    shown_tallies: tuple[ShownTally, ...]
    told: tuple[str, ...]
    impact: Impact
    agree: Verdict
    reject: Verdict
    withdraw: Verdict


def versions_of(policy: Policy) -> list[Version]:
    """The newest first."""
    found = list(
        policy.versions.select_related("policy", "proposer")
        .prefetch_related("votes__voter")
        .order_by("-number")
    )
    return [Version(row, _before(row, found), tuple(_votes(row))) for row in found]


def holding_of(versions: Sequence[Version]) -> Version | None:
    return next((each for each in versions if each.row.state == VersionState.ACTIVE), None)


def proposal_of(versions: Sequence[Version], person: User) -> Proposal | None:
    waiting = next((each for each in versions if each.row.state == VersionState.PROPOSED), None)
    if waiting is None:
        return None
    asked = tallies(waiting.row)
    return Proposal(
        version=waiting,
        shown_tallies=tuple(_shown(asked, person)),
        told=told_voters(waiting.row, asked),
        impact=impact_of(waiting.row.policy.name, waiting.rules, person=person),
        agree=may_agree(person, waiting.row),
        reject=may_reject(person, waiting.row),
        withdraw=may_withdraw(person, waiting.row),
    )


def _shown(asked: Iterable[Tally], person: User) -> Iterator[ShownTally]:
    visible = set(accounts_where(person, Permission.VIEW))
    for tally in asked:
        account = tally.agreement.account
        name = account.name if account else "every account"
        yield ShownTally(
            name if account is None or account in visible else "another account",
            tuple((line, tally.still_for(line)) for line in tally.lines),
        )


def _before(row: PolicyVersion, found: Sequence[PolicyVersion]) -> PolicyVersion | None:
    return next((each for each in found if each.number < row.number and each.state in _HELD), None)


def _votes(row: PolicyVersion) -> list[PolicyVote]:
    return sorted(row.votes.all(), key=lambda vote: vote.voted_at)
