"""What a searched text means in the record: the one thing that it names, or else a word that entries hold.

By a name everything about the thing is found, whichever of its names was typed; what holds the text by chance
is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.web.audit.named_keys import named_keys
from keyconsole.web.search.term import Term, read_term


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """`condition` asks for the annotation `words`, an entry's data as text. Without `things`: a word."""

    condition: Q = field(default_factory=Q)
    things: tuple[Named, ...] = ()
    and_more: bool = False  # more keys than are searched for
    keys: bool = False


def about(text: str, *, entries: QuerySet[Entry], accounts: QuerySet[AwsAccount]) -> About:
    term = read_term(text)
    if named := _number(term):
        return About(_says(named), (Named(named),))
    if term.account_id and not term.names_a_key:
        account = accounts.filter(account_id=term.account_id).first()
        name = account.name if account else term.account_id
        return About(Q(account_id=term.account_id) | _says(term.account_id), (Named(name),))
    found = named_keys(text, entries=entries, accounts=accounts)
    if not found.ids:
        return as_word(text)
    condition = Q()
    for key_id in found.ids:
        condition |= _says(key_id)
    return About(condition, _keys(found.ids, accounts), found.and_more, keys=True)


def as_word(text: str) -> About:
    return About(Q(subject__icontains=text) | Q(words__icontains=text))


def _number(term: Term) -> str:
    if term.change or term.batch:
        return term.text.strip().upper()
    return ""


def _says(name: str) -> Q:
    """As a whole value: CR-1 is not in CR-12."""
    return Q(subject__iexact=name) | Q(words__icontains=f'"{name}"')


def _keys(ids: tuple[str, ...], accounts: QuerySet[AwsAccount]) -> tuple[Named, ...]:
    """Their names today; the id of one that is not there any more."""
    there = MultiRegionKey.objects.filter(key_id__in=ids, account__in=accounts).select_related("account")
    known = {key.key_id: Named(key.name, key.get_absolute_url()) for key in there}
    return tuple(known.get(key_id, Named(key_id)) for key_id in ids)
