"""Which policy governs a move and what it asks, as the confirmation page says it. Reads, never writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.changes.quorum import Asked, quorum_if_asked
from keyconsole.changes.requests.break_glass import may_break_glass
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.schedule import freeze, windows
from keyconsole.refusals import Verdict


@dataclass(frozen=True, slots=True)
class Need:
    words: str
    people: tuple[str, ...]  # who may agree, without the person who would ask


@dataclass(frozen=True, slots=True)
class MoveRules:
    governing: Governing[PolicyVersion]
    needs: Sequence[Need]
    held_back: Sequence[str]  # why it could not run at this moment, also once approved
    opens_at: datetime | None  # when a window lets it run, where one is waited for
    emergency: Verdict | None  # None: the policy has no emergency path

    @property
    def rules(self) -> Rules:
        return self.governing.rules

    @property
    def asked(self) -> frozenset[str]:
        """Everybody who may agree: whom the emergency path skips."""
        return frozenset(name for need in self.needs for name in need.people)

    @property
    def asks_others(self) -> bool:
        return self.rules.needs_approval

    @property
    def active_windows(self) -> list[str]:
        return [window.words for window in self.rules.windows if window.active]


def move_rules(key: MultiRegionKey, *, to_region: str, person: User, now: datetime) -> MoveRules:
    found = governing_for(key, to_region=to_region)
    rules = found.rules
    lines = _asked(rules, key, person) if rules.needs_approval else ()
    held_back = windows.may_run_at(rules, now, freeze=freeze.current_words()).reasons
    emergency = may_break_glass(person, key, to_region=to_region, now=now) if rules.emergency_group else None
    return MoveRules(
        governing=found,
        needs=[Need(line.words, line.may_fill) for line in lines],
        held_back=held_back,
        opens_at=windows.next_opening(rules, now) if held_back else None,
        emergency=emergency,
    )


def _asked(rules: Rules, key: MultiRegionKey, person: User) -> Sequence[Asked]:
    asked = quorum_if_asked(rules, requester=person.username, account=key.account, roster=Roster.read())
    return asked.lines
