"""What a whole scan says about its keys, once every Region is stored: who is primary, and their names."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.inventory import in_flight
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod, RegionKey
from keyconsole.inventory.observation import SeenKey
from keyconsole.inventory.periods import record_primary
from keyconsole.inventory.store.known import Picture
from keyconsole.inventory.store.primary_consensus import Verdict, judge
from keyconsole.inventory.store.record_drift import record_drift

# A replica may go on naming the former primary for some minutes after a move (KMS is eventually consistent).
_AGREEMENT = timedelta(minutes=5)
_AT_ONCE = 500


def conclude(picture: Picture, *, now: datetime) -> None:
    """Open, confirm or close the period of each key that the scan saw, and name keys by their aliases."""
    verdicts = {key_id: verdict for key_id, seen in picture.evidence.items() if (verdict := judge(seen))}
    with transaction.atomic():
        _conclude_primaries(picture, verdicts, now=now)
        _name_keys(picture)
        record_drift(picture.account, now=now)


def _conclude_primaries(picture: Picture, verdicts: dict[str, Verdict], *, now: datetime) -> None:
    open_periods = {
        period.key_id: period
        for period in PrimaryPeriod.objects.filter(key__account=picture.account, ended_at=None)
    }
    begun: list[tuple[MultiRegionKey, Verdict]] = []
    confirmed: list[tuple[MultiRegionKey, Verdict, PrimaryPeriod]] = []
    moved: list[tuple[MultiRegionKey, Verdict, PrimaryPeriod]] = []
    for key_id, verdict in sorted(verdicts.items()):
        key = picture.keys[key_id]
        period = open_periods.get(key.pk)
        if period is None:
            begun.append((key, verdict))
        elif period.region == verdict.region:
            confirmed.append((key, verdict, period))
        elif _may_contradict(verdict, period):
            moved.append((key, verdict, period))
    _begin(begun)
    _confirm(confirmed)
    _note_moved(picture, moved, now=now)


def _may_contradict(verdict: Verdict, period: PrimaryPeriod) -> bool:
    grace = timedelta() if verdict.by_itself else _AGREEMENT
    return verdict.seen_at > period.started_at + grace


def _begin(begun: list[tuple[MultiRegionKey, Verdict]]) -> None:
    PrimaryPeriod.objects.bulk_create(
        PrimaryPeriod(
            key=key,
            region=verdict.region,
            started_at=verdict.seen_at,
            confirmed_at=verdict.seen_at,
            cause=Cause.FIRST_SEEN,
        )
        for key, verdict in begun
    )
    _set_primaries([(key, verdict.region) for key, verdict in begun])


def _confirm(confirmed: list[tuple[MultiRegionKey, Verdict, PrimaryPeriod]]) -> None:
    for start in range(0, len(confirmed), _AT_ONCE):
        part = confirmed[start : start + _AT_ONCE]
        # The earliest look of the part: never claims more than was seen.
        PrimaryPeriod.objects.filter(pk__in=[period.pk for _, _, period in part]).update(
            confirmed_at=min(verdict.seen_at for _, verdict, _ in part)
        )
    _set_primaries([(key, verdict.region) for key, verdict, _ in confirmed])


def _set_primaries(found: list[tuple[MultiRegionKey, str]]) -> None:
    changed = [key for key, region in found if key.primary_region != region]
    for key, region in found:
        key.primary_region = region
    MultiRegionKey.objects.bulk_update(changed, ["primary_region"], batch_size=_AT_ONCE)


def _note_moved(
    picture: Picture, moved: list[tuple[MultiRegionKey, Verdict, PrimaryPeriod]], *, now: datetime
) -> None:
    under_way = in_flight.being_moved([key for key, _, _ in moved])
    for key, verdict, period in moved:
        if key.pk in under_way or _looked_since(key, picture.evidence[key.key_id]):
            continue
        record_primary(key, region=verdict.region, at=verdict.seen_at, cause=Cause.OUT_OF_BAND)
        log.record(
            Event.KEY_PRIMARY_MOVED,
            actor=ITSELF,
            subject=key.key_id,
            account_id=key.account.account_id,
            now=now,
            data={
                "alias": key.alias,
                "from": period.region,
                "to": verdict.region,
                "not_before": period.confirmed_at.isoformat() if period.confirmed_at else "",
            },
        )


def _looked_since(key: MultiRegionKey, seen: list[SeenKey]) -> bool:
    """A change of ours looked after the scan did, and knows better: it may have begun and ended meanwhile."""
    newest = {row.region: row.last_look_at for row in key.region_keys.all()}
    return any((newest[one.facts.region] or one.looked_at) > one.looked_at for one in seen)


def _name_keys(picture: Picture) -> None:
    """By the primary's first alias; where it has none, by the first of any Region."""
    aliases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = RegionKey.objects.filter(key__account=picture.account).exclude(aliases=[]).order_by("region")
    for key_id, region, names in rows.values_list("key__key_id", "region", "aliases"):
        aliases[key_id].append((region, names[0]))
    renamed = []
    for key_id, key in picture.keys.items():
        named = aliases.get(key_id, [])
        best = next((name for region, name in named if region == key.primary_region), None)
        alias = best or (named[0][1] if named else "")
        if key.alias != alias:
            key.alias = alias
            renamed.append(key)
    MultiRegionKey.objects.bulk_update(renamed, ["alias"], batch_size=_AT_ONCE)
