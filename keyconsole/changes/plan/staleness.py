"""Looks again, at what the inventory now knows, whether a change's plan still holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from keyconsole.audit.events import Event
from keyconsole.changes.kinds.parts import GONE, PlannedRegion
from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Change
from keyconsole.changes.plan import selection
from keyconsole.changes.states import State
from keyconsole.changes.transition import move
from keyconsole.inventory.models import RegionKey, Sight


def differences(change: Change, seen: Sequence[PlannedRegion]) -> list[str]:
    """As sentences; the first says so where the world already is as this change wanted it."""
    kind = kind_of(change)
    found = kind.differences(change.plan, seen)
    already = kind.already_so(change.plan, seen) if found else ""
    return [already, *found] if already else found


def known_differences(change: Change) -> list[str]:
    """As sentences. A Region that could not be seen lately is unknown, which is no difference."""
    members = {member.region: member for member in change.key.region_keys.filter(region__in=change.regions)}
    seen = [_as_seen(region, members.get(region["region"])) for region in change.plan["regions"]]
    return [*differences(change, seen), *selection.known_differences(change)]


def end_if_stale(change: Change, *, actor: str, now: datetime) -> bool:
    """True where the plan no longer holds; the change then is closed, and says what differs."""
    if change.state not in {State.PENDING, State.APPROVED}:
        return False
    found = known_differences(change)
    if not found:
        return False
    outcome = " ".join(["Nothing was sent to AWS.", *found])
    move(
        change,
        to=State.STALE,
        event=Event.CHANGE_STALE,
        actor=actor,
        now=now,
        data={"differences": found},
        outcome=outcome,
    )
    return True


def _as_seen(planned: PlannedRegion, member: RegionKey | None) -> PlannedRegion:
    if member is None or member.sight == Sight.GONE:
        return {"region": planned["region"], "role": "", "state": GONE, "policy_sha256": ""}
    if member.sight != Sight.SEEN or member.state == "Updating":
        return planned
    policy = member.policy_sha256 or planned["policy_sha256"]
    return {"region": member.region, "role": member.role, "state": member.state, "policy_sha256": policy}
