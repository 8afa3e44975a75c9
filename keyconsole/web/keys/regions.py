"""The Regions of one key as its page shows them: what was seen, what differs, who may be primary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.changes.authorization import Prospect, prospects
from keyconsole.inventory.drift import primary_of
from keyconsole.inventory.models import MultiRegionKey, RegionKey, RegionScan, Sight
from keyconsole.web.keys.diff import Differences, compared, readable
from keyconsole.web.keys.freshness import stale_after
from keyconsole.web.keys.list import visibility_of

_WHY_UNKNOWN = {
    Sight.DENIED: "KeyConsole may not look in this Region.",
    Sight.UNREACHABLE: "No answer came from this Region.",
    Sight.UNLOOKED: "Another Region names this one; nobody has looked here yet.",
    Sight.GONE: "The last look at this Region no longer showed the key.",
}


@dataclass(frozen=True, slots=True)
class RegionRow:
    member: RegionKey
    visibility: str
    why_unknown: str
    differences: Differences | None
    can_be_made_primary: bool
    reasons: tuple[str, ...]  # against making this one the primary, without what holds for every Region

    @property
    def is_primary(self) -> bool:
        return self.member.role == "PRIMARY" and self.member.is_visible

    @property
    def is_as_seen(self) -> bool:
        """Whether the last look at its Region showed the key, however long ago that was."""
        return self.member.is_visible

    @property
    def why_not_compared(self) -> str:
        if self.member.sight == Sight.GONE:
            return "the key is gone"
        if self.member.sight == Sight.UNLOOKED:
            return "not looked yet"
        return "no primary to compare with" if self.member.is_visible else "unknown"

    @property
    def readable_policy(self) -> str:
        return readable(self.member.policy)


@dataclass(frozen=True, slots=True)
class KeyRegions:
    rows: Sequence[RegionRow]
    reasons: tuple[str, ...]  # against making any of them the primary

    @property
    def differing(self) -> list[RegionRow]:
        return [row for row in self.rows if row.differences and row.differences.words]

    @property
    def offers(self) -> bool:
        """Whether something is to be said of one Region: that it can be made primary, or why it cannot."""
        return any(row.can_be_made_primary or row.reasons for row in self.rows if not row.is_primary)


def regions_of(key: MultiRegionKey, *, person: User, now: datetime) -> KeyRegions:
    found = prospects(person, key, now=now)
    everywhere = _shared([prospect.verdict.reasons for prospect in found])
    primary = primary_of([prospect.region_key for prospect in found])
    problems = _problems(key)
    rows = [_row(prospect, primary, everywhere, problems, now) for prospect in found]
    return KeyRegions(sorted(rows, key=lambda row: (not row.is_primary, row.member.region)), everywhere)


def _row(
    prospect: Prospect,
    primary: RegionKey | None,
    everywhere: tuple[str, ...],
    problems: dict[str, str],
    now: datetime,
) -> RegionRow:
    member, verdict = prospect.region_key, prospect.verdict
    why = _WHY_UNKNOWN.get(Sight(member.sight), "")
    if why and member.sight != Sight.GONE:
        why = problems.get(member.region) or why
    return RegionRow(
        member=member,
        visibility=_visibility(member, now),
        why_unknown=why,
        differences=compared(member, primary),
        can_be_made_primary=verdict.allowed,
        reasons=tuple(reason for reason in verdict.reasons if reason not in everywhere),
    )


def _visibility(member: RegionKey, now: datetime) -> str:
    last = member.last_seen_at
    if member.is_visible and last is not None and now - last > stale_after():
        return "stale"
    return visibility_of(member)


def _shared(reasons: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What is said of every Region; nothing is shared where there is only one."""
    if len(reasons) < 2:
        return ()
    return tuple(reason for reason in reasons[0] if all(reason in others for others in reasons[1:]))


def _problems(key: MultiRegionKey) -> dict[str, str]:
    """What the account's last scan said about each Region that it could not read."""
    last = key.account.scans.order_by("-pk").values("pk")[:1]
    said = RegionScan.objects.filter(scan__in=last).exclude(problem="")
    return dict(said.values_list("region", "problem"))
