"""The multi-Region keys that a typed text means, as conditions on their rows."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from keyconsole.inventory.models import RegionKey, Sight
from keyconsole.web.search.term import Term


def key_named(term: Term) -> Q:
    """Of multi-Region keys: those that it names exactly; with an alias, in whichever Region that stands."""
    if term.key_id:
        found = Q(key_id__iexact=term.key_id)
    elif term.starts:
        found = Q(key_id__istartswith=term.starts, key_id__iendswith=term.ends)
    else:
        found = Q(alias=term.alias or f"alias/{term.text}") | _called(term.alias or f"alias/{term.text}")
    return found & Q(account__account_id=term.account_id) if term.account_id else found


def _called(alias: str) -> Q:
    """Texts, not lists: SQLite cannot ask whether a list holds something."""
    members = RegionKey.objects.filter(key=OuterRef("pk"), aliases__icontains=f'"{alias}"')
    return Q(Exists(members))


def key_matching(term: Term) -> Q:
    """Of multi-Region keys: those that one word of a filter means, by any of their names or a part of one."""
    if term.names_a_key:
        return key_named(term)
    word = term.text
    in_a_region = _members()
    described = Exists(in_a_region.filter(Q(description__icontains=word) | Q(aliases__icontains=word)))
    named = Q(alias__icontains=word) | Q(key_id__icontains=word) | Q(account__name__icontains=word)
    return named | Q(account__account_id__icontains=term.account_id or word) | Q(described)


def key_in(term: Term) -> Q:
    """Of multi-Region keys: those that are in the Region which the word names; none where it names none."""
    return Q(Exists(_members().filter(region__in=term.regions))) if term.regions else Q(pk__in=[])


def _members() -> QuerySet[RegionKey]:
    return RegionKey.objects.filter(key=OuterRef("pk")).exclude(sight=Sight.GONE.value)
