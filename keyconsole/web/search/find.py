"""What a text finds among all that a person sees, by kind: what it names exactly, else what holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import accounts_where, can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.policies.models import Policy
from keyconsole.policies.versions.horizon import Horizon, horizon_of
from keyconsole.web.search.keys import key_matching, key_named
from keyconsole.web.search.term import Term, read_term
from keyconsole.web.statuses import CHANGE_STATES, style

SHOWN = 8  # of each kind


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """Of one kind. `more`: how many are not shown, and where a list of all of them is."""

    kind: str
    icon: str
    hits: Sequence[Hit]
    more: int = 0
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    kinds: tuple[Hits, ...]

    @property
    def count(self) -> int:
        return sum(len(kind.hits) + kind.more for kind in self.kinds)

    @property
    def only(self) -> Hit | None:
        """The one clear match."""
        return self.kinds[0].hits[0] if self.count == 1 else None


Search = Callable[[bool], Hits]


def find(person: User, text: str) -> Found:
    """The one thing that the text names exactly; else whatever holds it, or each of its words."""
    accounts = accounts_where(person, Permission.VIEW)
    term = read_term(text)
    searches: tuple[Search, ...] = (
        partial(_changes, accounts, term),
        partial(_batches, accounts, term),
        partial(_keys, accounts, term),
        partial(_accounts, accounts, term),
        partial(_policies, cache(lambda: horizon_of(person)), term),
        partial(_regions, accounts, term),
        partial(_people, person, accounts, term),
    )
    exact = _of(searches, exactly=True)
    if exact.only:
        return exact
    # Whatever has exactly that name also holds it.
    wide = _of(searches, exactly=False)
    return wide if wide.kinds else exact


def _of(searches: Sequence[Search], *, exactly: bool) -> Found:
    return Found(tuple(hits for hits in (search(exactly) for search in searches) if hits.hits))


def _changes(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = Change.objects.visible_in(accounts).select_related("key__account", "requester").newest_first()
    if exactly:
        found = found.filter(number=term.change) if term.change else found.none()
    else:
        found = found.none() if term.names_a_key else found.filter(_asked_with(term))
    rows = list(found[:SHOWN])
    hits = [
        Hit(
            f"{change.ref}: {change.key.name} to {change.to_region}",
            change.get_absolute_url(),
            (
                style(CHANGE_STATES, change.state).word.lower(),
                change.key.account.name,
                f"asked by {change.requester}",
            ),
        )
        for change in rows
    ]
    url = f"{reverse('changes')}?{urlencode({'q': term.text, 'tab': 'closed'})}"
    return Hits("Changes", "changes", hits, _rest(found, rows), url)


def _batches(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = Batch.objects.visible_in(accounts).select_related("requester").order_by("-number")
    if exactly:
        found = found.filter(number=term.batch) if term.batch else found.none()
    else:
        found = found.none() if term.names_a_key else found.filter(_asked_with(term))
    rows = list(found[:SHOWN])
    hits = [Hit(batch.ref, batch.get_absolute_url(), (f"asked by {batch.requester}",)) for batch in rows]
    return Hits("Batches", "changes", hits, _rest(found, rows), reverse("batches"))


def _asked_with(term: Term) -> Q:
    """Each word in the ticket or the reason."""
    found = Q()
    for word in term.text.split():
        found &= Q(ticket__icontains=word) | Q(reason__icontains=word)
    return found


def _keys(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    found = MultiRegionKey.objects.filter(account__in=accounts).select_related("account")
    if exactly:
        alone = term.account_id and not term.names_a_key
        found = found.none() if alone else found.filter(key_named(term))
    else:
        for word in term.text.split():
            found = found.filter(key_matching(word))
    found = found.order_by("alias", "account__name", "pk")
    rows = list(found[:SHOWN])
    hits = [
        Hit(
            key.name,
            key.get_absolute_url(),
            (key.account.name, f"primary in {key.primary_region or 'an unknown Region'}", key.key_id),
        )
        for key in rows
    ]
    url = f"{reverse('keys')}?{urlencode({'q': term.text})}"
    return Hits("Keys", "key", hits, _rest(found, rows), url)


def _accounts(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    if term.names_a_key:
        found = accounts.none()
    elif exactly:
        found = accounts.filter(Q(account_id=term.account_id or term.text) | Q(name__iexact=term.text))
    else:
        found = accounts.filter(Q(account_id__icontains=term.text) | Q(name__icontains=term.text))
    rows = list(found.order_by("name")[:SHOWN])
    hits = [
        Hit(account.name, reverse("account", args=[account.account_id]), (account.account_id,))
        for account in rows
    ]
    return Hits("AWS accounts", "accounts", hits, _rest(found, rows), reverse("accounts"))


def _policies(horizon: Callable[[], Horizon], term: Term, exactly: bool) -> Hits:
    named = Q(name__iexact=term.text) if exactly else Q(name__icontains=term.text)
    there = Policy.objects.none() if term.names_a_key else Policy.objects.filter(named)
    seen = [
        policy
        for policy in there.prefetch_related("versions")
        if horizon().holds_policy(list(policy.versions.all()))
    ]
    hits = [Hit(policy.name, reverse("policy", args=[policy.name])) for policy in seen[:SHOWN]]
    return Hits("Policies", "policies", hits, len(seen) - len(hits), reverse("policies"))


def _regions(accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    named = Q(region__iexact=term.text) if exactly else Q(region__icontains=term.text)
    members = RegionKey.objects.filter(key__account__in=accounts).exclude(sight=Sight.GONE.value)
    found = members.none() if term.names_a_key else members.filter(named)
    regions = sorted(found.order_by().values_list("region", flat=True).distinct())
    primary_there = MultiRegionKey.objects.filter(account__in=accounts, primary_region__in=regions).order_by()
    counts = dict(primary_there.values_list("primary_region").annotate(Count("pk"))) if regions else {}
    return Hits("Regions", "region", [_region(region, counts.get(region, 0)) for region in regions])


def _region(region: str, primaries: int) -> Hit:
    url = f"{reverse('keys')}?{urlencode({'primary': region})}"
    return Hit(region, url, (f"the primary of {primaries} key{'' if primaries == 1 else 's'}",))


def _people(person: User, accounts: QuerySet[AwsAccount], term: Term, exactly: bool) -> Hits:
    """Those who hold a role where this person sees who does."""
    named = Q(username__iexact=term.text) if exactly else Q(username__icontains=term.text)
    grants = RoleGrant.objects.in_force().filter(Q(account=None) | Q(account__in=accounts))
    there = User.objects.filter(named, pk__in=grants.values("person"))
    found = (
        there.none()
        if term.names_a_key or not can_somewhere(person, Permission.VIEW)
        else there.order_by("username")
    )
    rows = list(found[:SHOWN])
    hits = [Hit(each.username, _acts_of(each, person)) for each in rows]
    return Hits("People", "people", hits, _rest(found, rows))


def _acts_of(who: User, reader: User) -> str:
    """Their page, for who manages people; else what they did, as far as this person may read it."""
    if can(reader, Permission.ADMINISTER):
        return reverse("person", args=[who.username])
    if can_somewhere(reader, Permission.READ_AUDIT):
        return f"{reverse('audit')}?{urlencode({'actor': who.username})}"
    return f"{reverse('changes')}?{urlencode({'q': who.username})}"


def _rest(found: QuerySet, rows: Sequence[object]) -> int:  # type: ignore[type-arg]
    return found.count() - len(rows) if len(rows) == SHOWN else 0
