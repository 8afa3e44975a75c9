"""A change's Regions as its page shows them: before, now, after. Reads the database only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Attempt, Change, Observation
from keyconsole.changes.states import State
from keyconsole.inventory.models import Sight


@dataclass(frozen=True, slots=True)
class Side:
    """One Region, as of `last_look_at`. `role_now` and `state_now` are empty where that look showed none.

    `sight` says why; without a look nothing is known but the plan.
    """

    region: str
    role_before: str
    state_before: str
    role_now: str
    state_now: str
    role_after: str
    last_look_at: datetime | None
    problem: str
    sight: str

    @property
    def updating(self) -> bool:
        return self.state_now == "Updating"


@dataclass(frozen=True, slots=True)
class Progress:
    sides: tuple[Side, ...]  # the Regions of the plan, in its order
    others: tuple[Side, ...]
    moving: bool
    overdue: bool
    next_look_at: datetime | None  # None also while somebody looks
    last_look_at: datetime | None
    headline: str


_HEADLINES = {
    State.PENDING: "Waits for approval.",
    State.APPROVED: "Approved. A worker will look at the key in every Region, then call AWS once.",
    State.EXECUTING: "A worker took it, to look at the key in every Region before it calls AWS once.",
}
_CALL_BEGUN = "A worker looked at the key and began the one call; its answer is not known yet."


def progress(change: Change) -> Progress:
    latest: dict[str, Observation] = {
        observation.region: observation for observation in change.observations.order_by("round")
    }
    planned = {region["region"]: region for region in change.plan["regions"]}
    sides = [_side(change, region, latest.get(region), planned) for region in planned]
    others = [
        _side(change, region, observation, planned)
        for region, observation in sorted(latest.items())
        if region not in planned
    ]
    return Progress(
        sides=tuple(sides),
        others=tuple(others),
        moving=change.state == State.SETTLING,
        overdue=change.overdue_since is not None and change.is_open,
        next_look_at=change.due_at if change.state == State.SETTLING and not change.lease else None,
        last_look_at=max((observation.looked_at for observation in latest.values()), default=None),
        headline=headline(change, sides),
    )


def seen_as(observation: Observation) -> str:
    """A look that was tried and came to nothing is unknown; *unlooked* is where none was tried."""
    return "unknown" if observation.sight in {"", Sight.UNLOOKED} else observation.sight


def headline(change: Change, sides: list[Side]) -> str:
    if change.state == State.SETTLING and any(side.updating for side in sides):
        return kind_of(change).words.under_way
    if change.state == State.EXECUTING and Attempt.objects.filter(change=change).exists():
        return _CALL_BEGUN
    if change.is_emergency and change.state == State.PENDING:
        return "An emergency that waits for another member of its group."
    return change.outcome or _HEADLINES.get(State(change.state), "")


def _side(
    change: Change, region: str, observation: Observation | None, planned: dict[str, dict[str, str]]
) -> Side:
    before = planned.get(region, {})
    return Side(
        region=region,
        role_before=before.get("role", ""),
        state_before=before.get("state", ""),
        role_now=observation.role if observation else "",
        state_now=observation.state if observation else "",
        role_after=kind_of(change).role_after(change, region),
        last_look_at=observation.looked_at if observation else None,
        problem=observation.problem if observation else "",
        sight=seen_as(observation) if observation else Sight.UNLOOKED.value,
    )
