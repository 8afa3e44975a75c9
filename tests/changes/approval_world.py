"""A change among people who vote, leave, come back and change rules; and a second opinion: may it run?

The second opinion is worked out by brute force from its own notes and the rows, not by the product's gate.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from itertools import permutations
from typing import Any

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes.approvals import decide
from keyconsole.changes.models import Change
from keyconsole.changes.requests import request
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.groups import is_in_group, leave
from keyconsole.policies.document.rules import Rule, Rules, Runs, Window
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.schedule import freeze as freezing
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, hold
from tests.changes.approvals.teams import check_everything_that_waits, claim, give, join

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LIVES = timedelta(hours=24)


class World:
    """Ana has asked. Ben, Bea and Cleo may approve; Ben is of platform, Bea of security, Cleo of both."""

    def __init__(
        self,
        cast: Cast,
        key: MultiRegionKey,
        *,
        needs: tuple[Requirement, ...],
        runs: Runs,
        by_day: bool,
    ) -> None:
        self.cast, self.needs, self.runs, self.by_day = cast, needs, runs, by_day
        self.needs_today = needs
        self.now, self.approved_at, self.frozen, self.asked_to_run = NOW, NOW, False, False
        give(cast.cleo, "approver")
        join("platform", cast.ben, cast.cleo)
        join("security", cast.bea, cast.cleo)
        self.hold(needs)
        wish: dict[str, Any] = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Drill.", "token": "w"}
        self.pk = request.request_move(key, now=NOW, **wish).pk

    @property
    def change(self) -> Change:
        return Change.objects.select_related("key__account", "requester").get(pk=self.pk)

    def hold(self, needs: tuple[Requirement, ...]) -> None:
        office_hours = (Window(WEEKDAYS, "08:00", "18:00", "UTC"),) if self.by_day else ()
        hold(Rules(name="alone", rule=Rule.APPROVE, requirements=needs, runs=self.runs, windows=office_hours))

    def person(self, name: str) -> User:
        return User.objects.get(username=name)

    def do(self, deed: str, *about: Any) -> bool:
        """False where it was refused. Notes when it became approved, as its page would show."""
        was = self.change.state
        try:
            getattr(self, deed)(*about)
        except Refused:
            return False
        if was == "pending" and self.change.state == "approved":
            self.approved_at = self.now
        return True

    def may_run(self) -> bool:
        """The second opinion, about a change that stands at approved."""
        return (
            self.enough_people()
            and self._requester_stands()
            and self.now < self.approved_at + LIVES
            and not self.frozen
            and self._window_is_open()
            and (self.runs == Runs.AUTOMATIC or self.asked_to_run)
        )

    def enough_people(self) -> bool:
        votes = [
            vote.approver.username
            for vote in self.change.approvals.select_related("approver")
            if vote.withdrawn_at is None and vote.plan_sha256 == self.change.plan_sha256
        ]
        return all(self._can_be_seated(votes, needs) for needs in (self.needs, self.needs_today))

    def _can_be_seated(self, votes: list[str], needs: tuple[Requirement, ...]) -> bool:
        places = [need.group for need in needs for _ in range(need.at_least)]
        return any(
            all(self._counts_in(name, group) for name, group in zip(seated, places, strict=True))
            for seated in permutations(votes, len(places))
        )

    def _counts_in(self, name: str, group: str) -> bool:
        person = self.person(name)
        is_approver = RoleGrant.objects.filter(person=person, role="approver").exists()
        is_member = not group or is_in_group(person, group)
        return person.is_active and is_approver and is_member and name != "ana"

    def _requester_stands(self) -> bool:
        ana = self.person("ana")
        return ana.is_active and RoleGrant.objects.filter(person=ana, role="requester").exists()

    def _window_is_open(self) -> bool:
        clock = self.now.astimezone(UTC)
        return not self.by_day or (clock.weekday() < 5 and 8 <= clock.hour < 18)

    def approve(self, name: str) -> None:
        change = self.change
        decide.approve(change, by=self.person(name), plan_sha256=change.plan_sha256, now=self.now)

    def withdraw(self, name: str) -> None:
        decide.withdraw(self.change, by=self.person(name), now=self.now)

    def run(self, name: str) -> None:
        decide.run(self.change, by=self.person(name), now=self.now)
        self.asked_to_run = True

    def claim(self) -> None:
        claim(self.change, now=self.now)

    def sweep(self) -> None:
        check_everything_that_waits(now=self.now)

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def join(self, name: str, group: str) -> None:
        join(group, self.person(name))

    def leave(self, name: str, group: str) -> None:
        leave(self.person(name), group, by="ada", now=NOW)

    def lose_role(self, name: str) -> None:
        RoleGrant.objects.filter(person=self.person(name)).delete()

    def get_role(self, name: str) -> None:
        give(self.person(name), "requester" if name == "ana" else "approver")

    def quit(self, name: str) -> None:
        User.objects.filter(username=name).update(is_active=False)

    def come_back(self, name: str) -> None:
        User.objects.filter(username=name).update(is_active=True)

    def loosen(self) -> None:
        self.needs_today = (Requirement("", 1),)
        self.hold(self.needs_today)

    def tighten(self) -> None:
        self.needs_today = (Requirement("platform", 1), Requirement("security", 1), Requirement("", 1))
        self.hold(self.needs_today)

    def freeze(self) -> None:
        freezing.freeze(by=self.cast.ada, why="Audit week.", now=self.now)
        self.frozen = True

    def lift(self) -> None:
        if held := freezing.current():
            freezing.lift(held, by="ada", because="It is over", now=self.now)
        self.frozen = False
