"""A move before anybody asked for it: the picture, the checks and the words on its confirmation page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.changes.authorization import Verdict, may_request
from keyconsole.changes.kinds.parts import Answer, Check
from keyconsole.changes.kinds.update_primary_region.plan import plan_for
from keyconsole.changes.kinds.update_primary_region.preflight import preflight
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.plan.selection import with_selection
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.web.pictures.move import Move, MoveSide, Stage

# The words of the looks for what a check answers.
_LOOKS = {Answer.OK: "ok", Answer.WARN: "warning", Answer.FAIL: "refused", Answer.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class PlannedMove:
    picture: Move
    checks: Sequence[tuple[str, Check]]  # each with the word for its look
    warnings: Sequence[str]
    verdict: Verdict
    others: Sequence[str]  # Regions that stay as they are
    plan_sha256: str  # empty where there is nothing to plan

    @property
    def passed(self) -> Sequence[tuple[str, Check]]:
        return [each for each in self.checks if each[0] == "ok"]

    @property
    def exceptions(self) -> Sequence[tuple[str, Check]]:
        return [each for each in self.checks if each[0] != "ok"]


def planned_move(key: MultiRegionKey, *, to_region: str, person: User, now: datetime) -> PlannedMove:
    members = {member.region: member for member in key.region_keys.all() if member.sight != Sight.GONE}
    found = preflight(key, to_region=to_region, now=now)
    pair = (key.primary_region, to_region)
    governing = governing_for(key, to_region=to_region)
    plan = with_selection(plan_for(key, to_region=to_region), governing) if found.passes else None
    return PlannedMove(
        picture=Move(
            (
                _side(key.primary_region, members.get(key.primary_region), "REPLICA"),
                _side(to_region, members.get(to_region), "PRIMARY"),
            ),
            moving=False,
            stage=Stage.PLANNED,
        ),
        checks=[(_LOOKS[check.answer], check) for check in found.checks],
        warnings=found.warnings,
        verdict=may_request(person, key, to_region=to_region, now=now),
        others=[region for region in members if region not in pair],
        plan_sha256=plan_sha256(plan) if plan else "",
    )


def _side(region: str, member: RegionKey | None, role_after: str) -> MoveSide:
    if member is None:
        return MoveSide(region, "", "", role_after, "", visibility="absent")
    role = member.role if member.is_visible else ""
    state = member.state if member.is_visible else ""
    return MoveSide(
        region, role, role, role_after, state, last_look=member.last_seen_at, visibility=member.sight
    )
