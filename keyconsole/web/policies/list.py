"""The list of policies: what holds, what is proposed, what no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.document.words import needs_words
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.horizon import Horizon
from keyconsole.policies.versions.votes import Tally, tallies
from keyconsole.web.policies.runs_now import RunsNow, runs_now
from keyconsole.web.policies.says import says


@dataclass(frozen=True, slots=True)
class HoldingRow:
    version: PolicyVersion | None  # None: the default
    name: str
    sentence: str
    runs_now: RunsNow


@dataclass(frozen=True, slots=True)
class ProposedRow:
    version: PolicyVersion
    is_new: bool
    tallies: tuple[Tally, ...]
    needs_you: bool

    @property
    def agreed(self) -> int:
        return sum(len(line.filled_by) for tally in self.tallies for line in tally.lines)

    @property
    def needed(self) -> int:
        return sum(line.requirement.at_least for tally in self.tallies for line in tally.lines)


def holding(now: datetime, *, frozen: bool, horizon: Horizon) -> list[HoldingRow]:
    seen = [pair for pair in active_rules() if horizon.holds_version(pair[0])]
    found = sorted(seen, key=lambda pair: pair[0].policy.name)
    rows = [
        HoldingRow(
            version,
            version.policy.name,
            says(rules),
            runs_now(rules, now, frozen=frozen),
        )
        for version, rules in found
    ]
    default_runs = runs_now(DEFAULT, now, frozen=frozen)
    return [*rows, HoldingRow(None, "", f"Moving any other key needs {needs_words(DEFAULT)}.", default_runs)]


def proposed(horizon: Horizon) -> list[ProposedRow]:
    """Two queries a proposal; a policy has at most one. Counts the agreements that the person may see."""
    held = PolicyVersion.objects.filter(policy=OuterRef("policy"), state=VersionState.ACTIVE)
    waiting = PolicyVersion.objects.filter(state=VersionState.PROPOSED).annotate(is_held=Exists(held))
    found = waiting.select_related("policy", "proposer").order_by("proposed_at")
    versions = [version for version in found if horizon.holds_version(version)]
    roster = Roster.read() if versions else None
    return [_proposed_row(version, horizon, roster) for version in versions]


def not_holding(horizon: Horizon) -> list[Policy]:
    """Retired ones, and those that were proposed and never came to hold."""
    versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    holds = versions.filter(state=VersionState.ACTIVE).exclude(document={})
    waits = versions.filter(state=VersionState.PROPOSED)
    found = Policy.objects.filter(~Exists(holds), ~Exists(waits)).prefetch_related("versions")
    return [policy for policy in found if horizon.holds_policy(list(policy.versions.all()))]


def _proposed_row(version: PolicyVersion, horizon: Horizon, roster: Roster | None) -> ProposedRow:
    every = tallies(version, roster=roster)
    found = tuple(tally for tally in every if horizon.holds_account(tally.agreement.account))
    return ProposedRow(
        version,
        is_new=not version.is_held,  # type: ignore[attr-defined]
        tallies=found,
        needs_you=any(horizon.person.username in tally.still_able for tally in found if not tally.met),
    )
