"""The keys of the demo story as the last scan left them, and which Region was primary when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.demo.accounts_and_regions import StoryKey
from keyconsole.demo.key_policies import key_policy
from keyconsole.demo.keys import KEYS
from keyconsole.demo.past_changes import ForeignMove, PastChange
from keyconsole.demo.scans import PastScan
from keyconsole.demo.timeline import Happening, recorded
from keyconsole.inventory.drift import drifting
from keyconsole.inventory.models import Cause, DriftPeriod, MultiRegionKey, PrimaryPeriod, RegionKey, Sight
from keyconsole.kms.policies import policy_digest

_ROTATION_DAYS = 365
_DELETED_AFTER = timedelta(days=30)
_DRIFTS_FOR = timedelta(days=19)
_REPLICATED_AFTER = timedelta(seconds=95)
_NO_ROTATION = {"enabled": False, "period_days": None, "next_at": None, "on_demand_started_at": None}


@dataclass(frozen=True, slots=True)
class Moved:
    """`ref` is empty where nobody asked KeyConsole."""

    move: PastChange | ForeignMove
    at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class KeyPast:
    """One key with the scans that could see it and its moves, both oldest first."""

    story: StoryKey
    scans: list[PastScan]
    moves: list[Moved]

    @property
    def first(self) -> PastScan:
        return self.scans[0]

    @property
    def born_in(self) -> str:
        return self.moves[0].move.from_region if self.moves else self.story.primary

    def found(self, moved: Moved) -> datetime:
        """A change of ours is exact; another's move is seen by the next scan."""
        if moved.ref:
            return moved.at
        return self.first_look(after=moved.at)

    @property
    def left(self) -> list[tuple[str, datetime]]:
        """Regions whose key was deleted after the primary had moved away, and when a scan missed it."""
        return [
            (moved.move.from_region, self.first_look(after=self.found(moved) + _DELETED_AFTER))
            for moved in self.moves
            if moved.move.from_region not in self.story.regions
        ]

    def first_look(self, *, after: datetime) -> datetime:
        return next(scan.looked_at for scan in self.scans if scan.looked_at > after)

    def last_look(self, *, before: datetime) -> datetime:
        return max(scan.looked_at for scan in self.scans if scan.looked_at <= before)


def store_keys(
    pasts: list[KeyPast], rows: dict[str, AwsAccount], *, now: datetime
) -> dict[str, MultiRegionKey]:
    keys = MultiRegionKey.objects.bulk_create(_key_row(past, rows[past.story.account.name]) for past in pasts)
    RegionKey.objects.bulk_create(
        _region_row(past, key, region, now=now)
        for past, key in zip(pasts, keys, strict=True)
        for region in sorted(past.story.regions)
    )
    RegionKey.objects.bulk_create(
        _gone_row(past, key, region, gone_at=gone_at)
        for past, key in zip(pasts, keys, strict=True)
        for region, gone_at in past.left
    )
    PrimaryPeriod.objects.bulk_create(
        period for past, key in zip(pasts, keys, strict=True) for period in _periods(past, key)
    )
    _store_drift(now)
    return {past.story.alias: key for past, key in zip(pasts, keys, strict=True)}


def _store_drift(now: datetime) -> None:
    """Each that drifts has done so for another while, found by a scan."""
    DriftPeriod.objects.bulk_create(
        DriftPeriod(key=found.key, started_at=max(now - _DRIFTS_FOR * number, found.key.first_seen_at))
        for number, found in enumerate(drifting(MultiRegionKey.objects.all()), start=1)
    )


def key_happenings(past: KeyPast) -> Iterator[Happening]:
    story = past.story
    about: dict[str, Any] = {
        "actor": ITSELF,
        "subject": story.key_id,
        "account_id": story.account.account_id,
    }
    alias = f"alias/{story.alias}"
    seen_in = min(region for region in story.regions if region not in story.account.denied_regions)
    yield recorded(
        Event.KEY_FIRST_SEEN, at=past.first.looked_at, data={"region": seen_in, "alias": alias}, **about
    )
    for moved in past.moves:
        if not moved.ref:
            data = {
                "alias": alias,
                "from": moved.move.from_region,
                "to": moved.move.to_region,
                "not_before": past.last_look(before=moved.at).isoformat(),
            }
            yield recorded(Event.KEY_PRIMARY_MOVED, at=past.found(moved), data=data, **about)

    for region, gone_at in past.left:
        data = {"region": region, "alias": alias}
        yield recorded(Event.KEY_REPLICA_GONE, at=gone_at, data=data, **about)


def region_state(story: StoryKey, region: str) -> str:
    """As it stands when the story starts."""
    if region in story.pending_deletion_in:
        waits = region == story.primary and story.replicas
        return "PendingReplicaDeletion" if waits else "PendingDeletion"
    if story.imported and region != story.primary:
        return "PendingImport"
    return "Disabled" if region in story.disabled_in else "Enabled"


def pasts_of(scans: list[PastScan], moves: dict[str, list[Moved]], *, now: datetime) -> list[KeyPast]:
    return [
        KeyPast(
            story,
            [
                scan
                for scan in scans
                if scan.account is story.account
                and scan.looked_at >= now - timedelta(days=story.created_days_ago)
            ],
            moves.get(story.alias, []),
        )
        for story in KEYS
    ]


def _key_row(past: KeyPast, account: AwsAccount) -> MultiRegionKey:
    return MultiRegionKey(
        account=account,
        key_id=past.story.key_id,
        primary_region=past.story.primary,
        key_spec="SYMMETRIC_DEFAULT",
        key_usage="ENCRYPT_DECRYPT",
        origin="EXTERNAL" if past.story.imported else "AWS_KMS",
        alias=f"alias/{past.story.alias}",
        first_seen_at=past.first.looked_at,
        last_seen_at=past.scans[-1].looked_at,
    )


def _region_row(past: KeyPast, key: MultiRegionKey, region: str, *, now: datetime) -> RegionKey:
    story, last = past.story, past.scans[-1].looked_at
    if region in story.account.denied_regions:
        return RegionKey(key=key, region=region, sight=Sight.DENIED, last_look_at=last)
    state, policy = region_state(story, region), key_policy(story, region)
    created = now - timedelta(days=story.created_days_ago)
    return RegionKey(
        key=key,
        region=region,
        sight=Sight.SEEN,
        role="PRIMARY" if region == story.primary else "REPLICA",
        state=state,
        description=story.description,
        aliases=[] if region in story.alias_missing_in else [f"alias/{story.alias}"],
        created_at=created if region == past.born_in else created + _REPLICATED_AFTER,
        deletion_at=now + timedelta(days=14) if state == "PendingDeletion" else None,
        pending_window_days=30 if state == "PendingReplicaDeletion" else None,
        first_seen_at=past.first.looked_at,
        last_seen_at=last,
        last_look_at=last,
        details_at=next(scan.looked_at for scan in reversed(past.scans) if scan.depth == "details"),
        policy=policy,
        policy_sha256=policy_digest(policy),
        tags=_tags(story, region),
        rotation=None if story.imported else _rotation(story, state, now=now),
    )


def _gone_row(past: KeyPast, key: MultiRegionKey, region: str, *, gone_at: datetime) -> RegionKey:
    """What the last scan saw that still found it there."""
    seen_at = past.last_look(before=gone_at - timedelta(seconds=1))
    policy = key_policy(past.story, region)
    return RegionKey(
        key=key,
        region=region,
        sight=Sight.GONE,
        role="REPLICA",
        state="PendingDeletion",
        description=past.story.description,
        created_at=past.first.looked_at - timedelta(days=200),
        deletion_at=seen_at + timedelta(days=3),
        first_seen_at=past.first.looked_at,
        last_seen_at=seen_at,
        last_look_at=gone_at,
        details_at=seen_at,
        policy=policy,
        policy_sha256=policy_digest(policy),
        tags=past.story.tags,
        rotation=_NO_ROTATION,
    )


def _tags(story: StoryKey, region: str) -> dict[str, str]:
    drifted = {"owner": story.account.name, "environment": "staging"}
    return drifted if region in story.tags_drift_in else story.tags


def _rotation(story: StoryKey, state: str, *, now: datetime) -> dict[str, Any]:
    if not story.rotates or state == "PendingDeletion":
        return _NO_ROTATION
    since = timedelta(days=story.created_days_ago % _ROTATION_DAYS)
    next_at = now - since + timedelta(days=_ROTATION_DAYS)
    return _NO_ROTATION | {"enabled": True, "period_days": _ROTATION_DAYS, "next_at": next_at.isoformat()}


def _periods(past: KeyPast, key: MultiRegionKey) -> Iterator[PrimaryPeriod]:
    starts = [past.first.looked_at, *(past.found(moved) for moved in past.moves)]
    ends = [*starts[1:], None]
    for moved, started_at, ended_at in zip([None, *past.moves], starts, ends, strict=True):
        looked = past.last_look(before=_left(past, moved) or past.scans[-1].looked_at)
        yield PrimaryPeriod(
            key=key,
            region=moved.move.to_region if moved else past.born_in,
            started_at=started_at,
            ended_at=ended_at,
            not_before=past.last_look(before=moved.at) if moved and not moved.ref else None,
            confirmed_at=max(looked, started_at),
            cause=_cause(moved),
            change_ref=moved.ref if moved else "",
        )


def _left(past: KeyPast, moved: Moved | None) -> datetime | None:
    """When the primary really left the Region that `moved` brought it to; None where it still is there."""
    following = past.moves[past.moves.index(moved) + 1 :] if moved else past.moves
    return following[0].at if following else None


def _cause(moved: Moved | None) -> Cause:
    if moved is None:
        return Cause.FIRST_SEEN
    return Cause.CHANGE if moved.ref else Cause.OUT_OF_BAND
