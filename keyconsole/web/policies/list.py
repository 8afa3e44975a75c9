"""The list of policies: what holds, what is proposed, what no longer holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet

from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.document.words import Texts, needs_words, selector_words
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.votes import Tally, tallies
from keyconsole.web.policies.runs_now import RunsNow, runs_now


@dataclass(frozen=True, slots=True)
class HoldingRow:
    version: PolicyVersion | None  # None: the default
    name: str
    applies_to: Texts
    needs: str
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


def holding(now: datetime, *, frozen: bool) -> list[HoldingRow]:
    found = sorted(active_rules(), key=lambda pair: pair[0].policy.name)
    rows = [
        HoldingRow(
            version,
            version.policy.name,
            selector_words(rules.applies_to),
            needs_words(rules),
            runs_now(rules, now, frozen=frozen),
        )
        for version, rules in found
    ]
    default_runs = runs_now(DEFAULT, now, frozen=frozen)
    return [*rows, HoldingRow(None, "", ("every other key",), needs_words(DEFAULT), default_runs)]


def proposed(person: User) -> list[ProposedRow]:
    """Two queries a proposal; a policy has at most one."""
    held = PolicyVersion.objects.filter(policy=OuterRef("policy"), state=VersionState.ACTIVE)
    waiting = PolicyVersion.objects.filter(state=VersionState.PROPOSED).annotate(is_held=Exists(held))
    versions = list(waiting.select_related("policy", "proposer").order_by("proposed_at"))
    roster = Roster.read() if versions else None
    return [_proposed_row(version, person, roster) for version in versions]


def not_holding() -> QuerySet[Policy]:
    """Retired ones, and those that were proposed and never came to hold."""
    versions = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    holds = versions.filter(state=VersionState.ACTIVE).exclude(document={})
    waits = versions.filter(state=VersionState.PROPOSED)
    return Policy.objects.filter(~Exists(holds), ~Exists(waits))


def _proposed_row(version: PolicyVersion, person: User, roster: Roster | None) -> ProposedRow:
    found = tuple(tallies(version, roster=roster))
    return ProposedRow(
        version,
        is_new=not version.is_held,  # type: ignore[attr-defined]
        tallies=found,
        needs_you=any(person.username in tally.still_able for tally in found if not tally.met),
    )
