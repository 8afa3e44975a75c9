"""The numbers and short lists of the overview, each as old as what it was counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.approvals.inbox import (
    access_needing,
    edits_needing,
    needing,
    one_a_batch,
    proposals_needing,
)
from keyconsole.changes.models import Change
from keyconsole.inventory.drift import Drift, drifting
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.people.models import AccessProposal
from keyconsole.policies.models import AccountEdit, PolicyVersion
from keyconsole.web.changes.list import with_lines_seen
from keyconsole.web.keys.freshness import StaleAccount, stale_accounts
from keyconsole.web.keys.list import UNKNOWN_SIGHTS
from keyconsole.web.pictures.world import WorldArc, WorldRegion

SHOWN = 5


@dataclass(frozen=True, slots=True)
class World:
    regions: Sequence[WorldRegion]
    arcs: Sequence[WorldArc]


@dataclass(frozen=True, slots=True)
class Overview:
    needing: Sequence[Change]
    proposals: Sequence[PolicyVersion]
    edits: Sequence[AccountEdit]
    access: Sequence[AccessProposal]
    in_flight: Sequence[Change]
    latest: Sequence[Change]
    accounts: int
    keys: int
    unknown: int  # keys with a Region that could not be seen
    oldest_seen_at: datetime | None  # of all keys: nothing counted here is older
    drifts: Sequence[Drift]
    compared: bool  # whether the details of any replica were read: only then no drift says something
    stale: Sequence[StaleAccount]
    world: World

    @property
    def only_in_flight(self) -> Sequence[Change]:
        """What moves and needs nothing of the person who looks."""
        return [change for change in self.in_flight if change not in self.needing]

    @property
    def shown_drifts(self) -> Sequence[Drift]:
        return self.drifts[:SHOWN]

    @property
    def shown_stale(self) -> Sequence[StaleAccount]:
        return self.stale[:SHOWN]


def overview_of(person: User, accounts: QuerySet[AwsAccount], *, now: datetime) -> Overview:
    keys = MultiRegionKey.objects.filter(account__in=accounts)
    changes = Change.objects.visible_in(accounts).select_related("key__account", "requester")
    in_flight = list(changes.in_flight().newest_first())
    unseen = RegionKey.objects.filter(key=OuterRef("pk"), sight__in=UNKNOWN_SIGHTS)
    counted = keys.aggregate(keys=Count("pk"), oldest=Min("last_seen_at"))
    waiting = one_a_batch(needing(person)).select_related("key__account", "requester", "batch")
    return Overview(
        needing=list(with_lines_seen(waiting.newest_first(), person)[:SHOWN]),
        proposals=proposals_needing(person),
        edits=edits_needing(person),
        access=access_needing(person),
        in_flight=in_flight,
        latest=list(changes.newest_first()[:SHOWN]),
        accounts=accounts.count(),
        keys=counted["keys"],
        unknown=keys.filter(Exists(unseen)).count(),
        oldest_seen_at=counted["oldest"],
        drifts=drifting(keys),
        compared=RegionKey.objects.filter(key__in=keys, role="REPLICA", details_at__isnull=False).exists(),
        stale=stale_accounts(accounts, now=now),
        world=_world(keys, in_flight),
    )


def _world(keys: QuerySet[MultiRegionKey], in_flight: Sequence[Change]) -> World:
    """A key's primary is where its set says; its replicas are its other Regions, seen or not."""
    primaries = dict(keys.exclude(primary_region="").values_list("primary_region").annotate(Count("pk")))
    members = RegionKey.objects.filter(key__in=keys).exclude(sight=Sight.GONE.value)
    totals = dict(members.order_by().values_list("region").annotate(Count("pk")))
    regions = [
        WorldRegion(
            region, primaries.get(region, 0), max(totals.get(region, 0) - primaries.get(region, 0), 0)
        )
        for region in sorted(primaries.keys() | totals.keys())
    ]
    arcs = [WorldArc(*pair) for change in in_flight for pair in pairwise(change.regions)]
    return World(sorted(regions, key=lambda one: (-one.primaries, -one.replicas, one.region)), arcs)
