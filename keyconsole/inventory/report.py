"""Primaries as of a moment, and what moved between two, as rows for files and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from keyconsole.inventory.basis import basis_of, exact, sentence_of
from keyconsole.inventory.history import Move, move_periods, moves_in
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.inventory.periods import PrimaryAt, primaries_at

PRIMARY_COLUMNS = (
    "as_of",
    "account_id",
    "account",
    "key_id",
    "alias",
    "primary_region",
    "or_region",
    "since",
    "until",
    "cause",
    "change",
    "last_confirmed_at",
    "gap_from",
    "gap_until",
    "rests_on",
)
MOVE_COLUMNS = (
    "since",
    "until",
    "account_id",
    "account",
    "key_id",
    "alias",
    "from_region",
    "to_region",
    "at",
    "not_before",
    "cause",
    "change",
    "may_be_outside",
)
_CHUNK = 500


def in_order(keys: QuerySet[MultiRegionKey]) -> QuerySet[MultiRegionKey]:
    return keys.select_related("account").order_by("account__name", "alias", "key_id")


def primary_values(keys: QuerySet[MultiRegionKey], moment: datetime) -> Iterator[dict[str, Any]]:
    """Two queries for each five hundred keys."""
    chunk: list[MultiRegionKey] = []
    for key in in_order(keys).iterator(chunk_size=_CHUNK):
        chunk.append(key)
        if len(chunk) == _CHUNK:
            yield from _answered(chunk, moment)
            chunk = []
    yield from _answered(chunk, moment)


def move_values(
    keys: QuerySet[MultiRegionKey], *, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    for period in move_periods(keys, since=since, until=until).iterator(chunk_size=_CHUNK):
        for move in moves_in([period], since=since, until=until):
            yield _moved(move, since, until)


def _answered(keys: list[MultiRegionKey], moment: datetime) -> Iterator[dict[str, Any]]:
    if not keys:
        return
    found = primaries_at(MultiRegionKey.objects.filter(pk__in=[key.pk for key in keys]), moment)
    for key in keys:
        yield _primary(key, found.get(key.pk), moment)


def _primary(key: MultiRegionKey, found: PrimaryAt | None, moment: datetime) -> dict[str, Any]:
    period = found.period if found else None
    basis = basis_of(found, moment) if found else None
    return {
        "as_of": exact(moment),
        **_named(key),
        "primary_region": found.region if found else "unknown",
        "or_region": found.or_region if found else "",
        "since": exact(period.started_at) if period else "",
        "until": exact(period.ended_at) if period else "",
        "cause": period.cause if period else "",
        "change": period.change_ref if period else "",
        "last_confirmed_at": exact(period.confirmed_at) if period else "",
        "gap_from": exact(basis.gap_from) if basis else "",
        "gap_until": exact(basis.gap_until) if basis else "",
        "rests_on": sentence_of(found, moment),
    }


def _moved(move: Move, since: datetime, until: datetime) -> dict[str, Any]:
    return {
        "since": exact(since),
        "until": exact(until),
        **_named(move.key),
        "from_region": move.from_region,
        "to_region": move.to_region,
        "at": exact(move.at),
        "not_before": exact(move.not_before),
        "cause": move.period.cause,
        "change": move.change_ref,
        "may_be_outside": move.outside,
    }


def _named(key: MultiRegionKey) -> dict[str, str]:
    account = key.account
    return {
        "account_id": account.account_id,
        "account": account.name,
        "key_id": key.key_id,
        "alias": key.alias,
    }
