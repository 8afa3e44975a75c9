"""Which replicas are not as their primary: policy, tags, aliases. Only what was read on both sides counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight

_SEEN_PRIMARY = {"role": "PRIMARY", "sight": Sight.SEEN.value}
_SEEN_REPLICA = {"role": "REPLICA", "sight": Sight.SEEN.value}


@dataclass(frozen=True, slots=True)
class Drift:
    key: MultiRegionKey
    differences: Mapping[str, tuple[str, ...]]  # by Region

    @property
    def sentence(self) -> str:
        return "; ".join(f"{region}: {', '.join(what)}" for region, what in self.differences.items())


def differences(replica: RegionKey, primary: RegionKey | None) -> tuple[str, ...]:
    """The words for what differs; empty where nothing does, or where it cannot be told."""
    if primary is None or replica.pk == primary.pk or not (replica.is_visible and primary.is_visible):
        return ()
    found = []
    if replica.details_at and primary.details_at:
        if replica.policy_sha256 != primary.policy_sha256:
            found.append("policy")
        if replica.tags != primary.tags:
            found.append("tags")
    if sorted(replica.aliases) != sorted(primary.aliases):
        found.append("aliases")
    return tuple(found)


def primary_of(members: Iterable[RegionKey]) -> RegionKey | None:
    """The only member that calls itself primary; None while there is none, or two."""
    primaries = [member for member in members if member.role == "PRIMARY" and member.is_visible]
    return primaries[0] if len(primaries) == 1 else None


def drift_of(key: MultiRegionKey) -> Drift:
    members = list(key.region_keys.all())
    primary = primary_of(members)
    found = {member.region: differences(member, primary) for member in members}
    return Drift(key, {region: what for region, what in found.items() if what})


def light_members() -> QuerySet[RegionKey]:
    """Without the long texts that no list shows."""
    return RegionKey.objects.defer("policy", "description", "details_problem", "rotation")


def drifting(keys: QuerySet[MultiRegionKey]) -> list[Drift]:
    """The database finds those whose stored texts differ; those that mean the same are then left out."""
    primary = RegionKey.objects.filter(key=OuterRef("key"), **_SEEN_PRIMARY)
    details = Q(details_at__isnull=False) & (
        ~Q(policy_sha256=OuterRef("policy_sha256")) | ~Q(tags=OuterRef("tags"))
    )
    differing = RegionKey.objects.filter(
        Exists(primary.filter(details | ~Q(aliases=OuterRef("aliases")))), key=OuterRef("pk"), **_SEEN_REPLICA
    )
    members = Prefetch("region_keys", queryset=light_members())
    candidates = keys.filter(Exists(differing)).select_related("account").prefetch_related(members)
    return [drift for drift in map(drift_of, candidates.order_by("alias", "key_id")) if drift.differences]
