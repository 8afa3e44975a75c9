"""The keys chosen for one request: ticked on the keys page, all that a filter shows, or to be put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.lines import Line
from keyconsole.changes.batches.put_back import lines_back
from keyconsole.changes.batches.request import LINES_AT_MOST
from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.references import BATCH, number_of
from keyconsole.web.guards import person_of
from keyconsole.web.keys.filter import read_filter
from keyconsole.web.keys.list import choices_in, keys_in

_NAMES_AT_MOST = 20_000
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Chosen:
    """`count` is how many were chosen; more than can be asked for leave `keys` empty."""

    keys: tuple[MultiRegionKey, ...]
    count: int
    puts_back: Batch | None = None

    @property
    def names(self) -> str:
        """As the form carries them from page to page."""
        return " ".join(name_of(key) for key in self.keys)


def name_of(key: MultiRegionKey) -> str:
    return f"{key.account.account_id}/{key.key_id}"


def chosen_keys(request: HttpRequest) -> Chosen:
    """What somebody may not see is left out, as if it were not there."""
    person = person_of(request)
    if ref := (request.POST.get("put_back") or request.GET.get("put_back", "")):
        return _put_back(batch_for(person, ref), request)
    visible = MultiRegionKey.objects.filter(account__in=accounts_where(person, Permission.VIEW))
    if "keys" in request.POST:
        return _named(visible, request.POST["keys"].split())
    if request.GET.get("all"):
        return _all_of_a_filter(request, accounts_where(person, Permission.VIEW))
    return _named(visible, request.GET.getlist("key"))


def _all_of_a_filter(request: HttpRequest, accounts: QuerySet[AwsAccount]) -> Chosen:
    """None where a part of it means nothing: the list leaves that part out, and so would show more keys."""
    wanted = read_filter(request.GET.dict(), choices_in(accounts))
    return Chosen((), 0) if wanted.problems else _limited(keys_in(accounts, wanted))


def lines_to(chosen: Chosen, to_region: str, *, by: User) -> tuple[Line, ...]:
    """Each key to that Region; to where it was before where a batch is put back."""
    if chosen.puts_back is None:
        return tuple(Line(key, to_region) for key in chosen.keys)
    wanted = {key.pk for key in chosen.keys}
    return tuple(line for line in lines_back(chosen.puts_back, by=by) if line.key.pk in wanted)


@dataclass(frozen=True, slots=True)
class RegionOfChosen:
    """How many of the chosen keys have a replica there, and how many their primary."""

    region: str
    replicas: int
    primaries: int


def regions_of(keys: Iterable[MultiRegionKey]) -> Sequence[RegionOfChosen]:
    """One query, whatever the keys. What is gone is not there."""
    members = RegionKey.objects.filter(key__in=[key.pk for key in keys]).exclude(sight=Sight.GONE.value)
    is_primary = Q(region=F("key__primary_region"))
    counted = members.order_by("region").values("region")
    counted = counted.annotate(primaries=Count("pk", filter=is_primary), every=Count("pk"))
    return [
        RegionOfChosen(found["region"], found["every"] - found["primaries"], found["primaries"])
        for found in counted
    ]


def under_way(keys: Iterable[MultiRegionKey]) -> dict[int, Change]:
    """The open change of each key that has one: it cannot be asked for now."""
    found = Change.objects.open().filter(key__in=[key.pk for key in keys]).only("number", "key")
    return {change.key_id: change for change in found}


def batch_for(person: User, ref: str, *, without_plan: bool = False) -> Batch:
    """Visible where one of its lines is. `without_plan`: for a poll, which seldom needs it."""
    visible = Batch.objects.visible_in(accounts_where(person, Permission.VIEW))
    if without_plan:
        visible = visible.defer("plan")
    batch = visible.select_related("requester", "puts_back").filter(number=number_of(BATCH, ref)).first()
    if batch is None or batch.ref != ref:
        raise Http404("No such batch.")
    return batch


def _put_back(batch: Batch, request: HttpRequest) -> Chosen:
    keys = tuple(line.key for line in lines_back(batch, by=person_of(request)))
    if "keys" in request.POST:
        wanted = set(request.POST["keys"].split())
        keys = tuple(key for key in keys if name_of(key) in wanted)
    return Chosen(keys, len(keys), batch)


def _named(visible: QuerySet[MultiRegionKey], names: Iterable[str]) -> Chosen:
    """In the order in which they were named."""
    wanted = list(dict.fromkeys(names))[:_NAMES_AT_MOST]
    if len(wanted) > LINES_AT_MOST:
        return Chosen((), len(wanted))
    pairs = [pair for pair in (name.partition("/") for name in wanted) if "".join(pair).isprintable()]
    found: dict[str, MultiRegionKey] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        asked = Q(pk__in=[])
        for account_id, _, key_id in pairs[start : start + _AT_ONCE]:
            asked |= Q(account__account_id=account_id, key_id=key_id)
        found |= {name_of(key): key for key in visible.filter(asked).select_related("account")}
    keys = tuple(found["".join(pair)] for pair in pairs if "".join(pair) in found)
    return Chosen(keys, len(keys))


def _limited(keys: QuerySet[MultiRegionKey]) -> Chosen:
    count = keys.count()
    if count > LINES_AT_MOST:
        return Chosen((), count)
    return Chosen(tuple(keys.select_related("account")), count)
