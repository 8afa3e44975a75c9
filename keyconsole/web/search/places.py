"""Keys, the accounts that they lie in, and Regions."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.web.pictures.places import place, regions_with
from keyconsole.web.search.hits import SHOWN, Hit, Hits, rest_of
from keyconsole.web.search.keys import key_matching, key_named
from keyconsole.web.search.term import Term, read_terms


def keys(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = MultiRegionKey.objects.filter(account__in=accounts).select_related("account")
    if exactly:
        alone = term.account_id and not term.names_a_key
        found = found.none() if alone else found.filter(key_named(term))
    else:
        for each in read_terms(term.text):
            found = found.filter(key_matching(each))
    found = found.order_by("alias", "account__name", "pk")
    rows = list(found[:SHOWN])
    hits = [
        Hit(
            key.name,
            key.get_absolute_url(),
            (key.account.name, f"primary in {key.primary_region or 'an unknown Region'}", key.key_id),
            key.key_id,
        )
        for key in rows
    ]
    url = f"{reverse('keys')}?{urlencode({'q': term.text})}"
    return Hits("Keys", "key", hits, rest_of(found, rows), url)


def aws_accounts(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    if term.names_a_key:
        found = accounts.none()
    elif exactly:
        found = accounts.filter(Q(account_id=term.account_id or term.text) | Q(name__iexact=term.text))
    else:
        found = accounts.filter(Q(account_id__icontains=term.text) | Q(name__icontains=term.text))
    rows = list(found.order_by("name")[:SHOWN])
    hits = [
        Hit(
            account.name,
            reverse("account", args=[account.account_id]),
            (account.account_id,),
            account.account_id,
        )
        for account in rows
    ]
    return Hits("AWS accounts", "accounts", hits, rest_of(found, rows), reverse("accounts"))


def regions(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    """Of those in which there is a key: by code, and as people call them."""
    if exactly:
        named = Q(region__iexact=term.text) | Q(region__in=term.regions)
    else:
        named = Q(region__icontains=term.text) | Q(region__in=regions_with(term.text))
    members = RegionKey.objects.filter(key__account__in=accounts).exclude(sight=Sight.GONE.value)
    found = members.none() if term.names_a_key else members.filter(named)
    codes = sorted(found.order_by().values_list("region", flat=True).distinct())
    primary_there = MultiRegionKey.objects.filter(account__in=accounts, primary_region__in=codes).order_by()
    counts = dict(primary_there.values_list("primary_region").annotate(Count("pk"))) if codes else {}
    return Hits("Regions", "region", [_region(code, counts.get(code, 0)) for code in codes])


def _region(region: str, primaries: int) -> Hit:
    url = f"{reverse('keys')}?{urlencode({'primary': region})}"
    counted = f"the primary of {primaries} key{'' if primaries == 1 else 's'}"
    return Hit(region, url, tuple(filter(None, (place(region).name, counted))), region)
