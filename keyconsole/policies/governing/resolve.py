"""Which policy governs the moves of known keys: one query for the policies, one for the keys' tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.governing.match import Governing, Subject, governing
from keyconsole.policies.models import PolicyVersion, VersionState

Candidates = Sequence[tuple[PolicyVersion, Rules]]
# A query has room for only so many values.
_KEYS_AT_ONCE = 500


def governing_for(key: MultiRegionKey, *, to_region: str) -> Governing[PolicyVersion]:
    return governing_for_many([key], to_region=to_region)[key.pk]


def governing_for_many(
    keys: Iterable[MultiRegionKey], *, to_region: str
) -> dict[int, Governing[PolicyVersion]]:
    """By the keys' primary keys. Two queries, however many; read the keys with their accounts."""
    candidates = active_rules()
    return {
        key.pk: governing(candidates, subject_of(key, primary, to_region=to_region))
        for key, primary in with_primaries(keys)
    }


def governing_for_moves(
    moves: Mapping[int, tuple[MultiRegionKey, str]],
) -> dict[int, Governing[PolicyVersion]]:
    """As `governing_for_many`, by whatever the moves are called: each of a key, to a Region of its own."""
    candidates = active_rules()
    primaries = {key.pk: primary for key, primary in with_primaries(key for key, _ in moves.values())}
    return {
        name: governing(candidates, subject_of(key, primaries[key.pk], to_region=to_region))
        for name, (key, to_region) in moves.items()
    }


def active_rules() -> list[tuple[PolicyVersion, Rules]]:
    """Every policy that holds now, the older policy first."""
    versions = PolicyVersion.objects.filter(state=VersionState.ACTIVE).select_related("policy")
    return [(version, rules) for version in versions.order_by("policy__pk") if (rules := version.rules)]


def with_primaries(
    keys: Iterable[MultiRegionKey],
) -> Iterator[tuple[MultiRegionKey, RegionKey | None]]:
    """Each key with the Region key that is its primary; None where that is unknown."""
    left = iter(keys)
    while some := list(islice(left, _KEYS_AT_ONCE)):
        primaries = _primaries(some)
        yield from ((key, primaries.get(key.pk)) for key in some)


def subject_of(
    key: MultiRegionKey, primary: RegionKey | None, *, to_region: str, from_region: str = ""
) -> Subject:
    """The move of the key as policies see it; from where its primary is, unless another Region is named."""
    read = primary is not None and primary.details_at is not None
    # The name that the key goes by is the primary's own, or that of another Region where it has none.
    aliases = (primary.aliases if primary else []) or [key.alias]
    return Subject(
        account_name=key.account.name,
        account_id=key.account.account_id,
        unit=key.account.known_unit,
        tags=dict(primary.tags) if primary and read else None,
        aliases=tuple(dict.fromkeys(filter(None, aliases))),
        from_region=from_region or key.primary_region,
        to_region=to_region,
    )


def _primaries(keys: Sequence[MultiRegionKey]) -> Mapping[int, RegionKey]:
    regions = {key.pk: key.primary_region for key in keys}
    members = RegionKey.objects.filter(key__in=regions, region__in=set(regions.values()))
    return {
        member.key_id: member
        for member in members.defer("policy", "description")
        if member.region == regions[member.key_id]
    }
