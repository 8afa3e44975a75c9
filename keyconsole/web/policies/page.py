"""One policy: what it says, its versions and what changed between them, and how a proposed one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyconsole.policies.document.compare import Comparison, differences
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.words import Row, rows
from keyconsole.policies.models import Policy, PolicyVersion, PolicyVote, VersionState
from keyconsole.policies.quorum.requirements import Line
from keyconsole.policies.versions.horizon import Horizon
from keyconsole.policies.versions.notifications import told_voters
from keyconsole.policies.versions.votes import Tally, may_agree, may_reject, may_withdraw, tallies
from keyconsole.refusals import Verdict
from keyconsole.web.policies.editor import written
from keyconsole.web.policies.impact import Impact, impact_of
from keyconsole.web.policies.says import says

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
    def sentence(self) -> str:
        return says(self.rules) if self.rules else ""

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
    """One agreement, of an account that the person may see or of all of them."""

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


def versions_of(policy: Policy, horizon: Horizon) -> list[Version]:
    """The newest first; those that end the policy, and those about accounts that the person sees."""
    every = policy.versions.select_related("policy", "proposer").prefetch_related("votes__voter")
    ordered = every.order_by("-number")
    found = [row for row in ordered if row.retires or horizon.holds_version(row)]
    return [Version(row, _before(row, found), tuple(_votes(row))) for row in found]


def holding_of(versions: Sequence[Version]) -> Version | None:
    return next((each for each in versions if each.row.state == VersionState.ACTIVE), None)


def proposal_of(versions: Sequence[Version], horizon: Horizon) -> Proposal | None:
    waiting = next((each for each in versions if each.row.state == VersionState.PROPOSED), None)
    if waiting is None:
        return None
    person = horizon.person
    asked = [each for each in tallies(waiting.row) if horizon.holds_account(each.agreement.account)]
    return Proposal(
        version=waiting,
        shown_tallies=tuple(map(_shown, asked)),
        told=told_voters(waiting.row, asked, only_these=not horizon.everywhere),
        impact=impact_of(waiting.row.policy.name, waiting.rules, person=person),
        agree=may_agree(person, waiting.row),
        reject=may_reject(person, waiting.row),
        withdraw=may_withdraw(person, waiting.row),
    )


def _shown(tally: Tally) -> ShownTally:
    name = tally.agreement.account.name if tally.agreement.account else "every account"
    return ShownTally(name, tuple((line, tally.still_for(line)) for line in tally.lines))


def _before(row: PolicyVersion, found: Sequence[PolicyVersion]) -> PolicyVersion | None:
    return next((each for each in found if each.number < row.number and each.state in _HELD), None)


def _votes(row: PolicyVersion) -> list[PolicyVote]:
    return sorted(row.votes.all(), key=lambda vote: vote.voted_at)
