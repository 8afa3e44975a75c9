"""The keys that a searched word names: by alias, now or in the record, or by ARN. The record knows ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.web.search.keys import key_named
from keyconsole.web.search.term import read_term

# Each key is two more conditions on every entry.
KEYS_AT_MOST = 20
_ALIAS = re.compile(r"[\w/-]{1,250}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NamedKeys:
    ids: tuple[str, ...] = ()
    and_more: bool = False  # more than are searched for


def named_keys(text: str, *, entries: QuerySet[Entry], accounts: QuerySet[AwsAccount]) -> NamedKeys:
    """Of these accounts, and of these entries: what somebody may not read names nothing for them."""
    term = read_term(text)
    if term.account_id:
        accounts, entries = (
            accounts.filter(account_id=term.account_id),
            entries.filter(account_id=term.account_id),
        )
    if term.key_id:
        return NamedKeys((term.key_id,))
    if term.starts:
        there = MultiRegionKey.objects.filter(key_named(term), account__in=accounts)
        ids = list(there.order_by("key_id").values_list("key_id", flat=True)[: KEYS_AT_MOST + 1])
        return NamedKeys(tuple(ids[:KEYS_AT_MOST]), and_more=len(ids) > KEYS_AT_MOST)
    name = term.alias.removeprefix("alias/") or text
    if not _ALIAS.fullmatch(name):
        return NamedKeys()
    ids = list(dict.fromkeys([*_now(f"alias/{name}", accounts), *_then(f"alias/{name}", entries)]))
    return NamedKeys(tuple(ids[:KEYS_AT_MOST]), and_more=len(ids) > KEYS_AT_MOST)


def _now(alias: str, accounts: QuerySet[AwsAccount]) -> Iterator[str]:
    """In whichever Region the alias stands."""
    named = MultiRegionKey.objects.filter(account__in=accounts, alias=alias).order_by("key_id")
    yield from named.values_list("key_id", flat=True)[: KEYS_AT_MOST + 1]
    # Texts, not lists: SQLite cannot ask whether a list holds something.
    members = RegionKey.objects.filter(key__account__in=accounts, aliases__icontains=f'"{alias}"')
    for key_id, aliases in members.order_by("key__key_id").values_list("key__key_id", "aliases"):
        if alias in aliases:
            yield key_id


def _then(alias: str, entries: QuerySet[Entry]) -> Iterator[str]:
    """What was recorded while the key was called so: of a key itself, or of a change of it."""
    found = entries.filter(data__alias=alias).order_by().values_list("subject", "data__key_id").distinct()
    for subject, key_id in found[: KEYS_AT_MOST + 1]:
        yield key_id or subject
