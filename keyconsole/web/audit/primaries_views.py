"""The two questions about the past: primaries as of a moment, and what moved between two days."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from keyconsole.inventory.history import move_periods, moves_in
from keyconsole.inventory.report import (
    MOVE_COLUMNS,
    PRIMARY_COLUMNS,
    in_order,
    move_values,
    primary_values,
)
from keyconsole.web.audit.history import history_of
from keyconsole.web.audit.moves import Between, summed_up
from keyconsole.web.audit.primaries_as_of import (
    AsOf,
    Column,
    day_number,
    flights_at,
    regions_ever,
    rows_at,
    world_at,
)
from keyconsole.web.downloads import recorded_download
from keyconsole.web.fragments import page, wants_fragment
from keyconsole.web.guards import person_of

# Each row of the matrix is a cell for every Region.
KEYS_A_PAGE = 50
MOVES_A_PAGE = 50
_SLIDER = "slider"


def primaries(request: HttpRequest) -> HttpResponse:
    form = AsOf(request.GET, person=person_of(request))
    keys, now = form.keys(), timezone.now()
    slid = wants_fragment(request) and request.headers.get("HX-Trigger") == _SLIDER
    context: dict[str, Any] = {"form": form, "now": now, "slid": slid, "day_now": day_number(now)}
    if form.is_valid():
        context |= _answered(request, form)
    if not slid:
        context["history"] = history_of(keys, now=now)
    if context.get("history"):
        context["day_first"] = day_number(context["history"].start)
    response = page(request, "audit/primaries.html", "primaries", context)
    if slid and form.is_valid():
        response.headers["HX-Replace-Url"] = _address(form)
    return response


def _answered(request: HttpRequest, form: AsOf) -> dict[str, Any]:
    keys, moment = form.keys(), form.moment
    regions, flights = regions_ever(keys), flights_at(keys, moment)
    keys_page = Paginator(in_order(keys), KEYS_A_PAGE).get_page(request.GET.get("page"))
    world, arcs = world_at(keys, moment, regions=regions, flights=flights.values())
    return {
        "moment": moment,
        "day_shown": day_number(moment),
        "keys_page": keys_page,
        "rows": rows_at(list(keys_page), moment, regions=regions, flights=flights),
        "columns": [Column(one.region, one.primaries) for one in world],
        "world": world,
        "arcs": arcs,
        "canonical": _query(form),
    }


def moves(request: HttpRequest) -> HttpResponse:
    form = Between(request.GET, person=person_of(request))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        since, until = form.start, form.end
        found = move_periods(form.keys(), since=since, until=until)
        moves_page = Paginator(found, MOVES_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "since": since,
            "until": until,
            "moves_page": moves_page,
            "moves": moves_in(list(moves_page), since=since, until=until),
            "summed_up": summed_up(found),
        }
    return page(request, "audit/moves.html", "moves", context)


def primaries_file(request: HttpRequest, fmt: str) -> StreamingHttpResponse | None:
    """None where the question cannot be used."""
    person, now = person_of(request), timezone.now()
    form = AsOf(request.GET, person=person)
    if not form.is_valid():
        return None
    keys, moment = form.keys(), form.moment
    told: dict[str, Any] = {"as_of": moment.isoformat(), "filters": form.given(), "count": keys.count()}
    rows = primary_values(keys, moment)
    return recorded_download(
        "primaries", fmt, PRIMARY_COLUMNS, rows, by=person, now=now, subject="audit", **told
    )


def moves_file(request: HttpRequest, fmt: str) -> StreamingHttpResponse | None:
    person, now = person_of(request), timezone.now()
    form = Between(request.GET, person=person)
    if not form.is_valid():
        return None
    span = {"since": form.start, "until": form.end}
    found = move_periods(form.keys(), **span)
    told: dict[str, Any] = {name: at.isoformat() for name, at in span.items()}
    told |= {"filters": form.given(), "count": found.count()}
    rows = move_values(form.keys(), **span)
    return recorded_download("moves", fmt, MOVE_COLUMNS, rows, by=person, now=now, subject="audit", **told)


def _query(form: AsOf) -> QueryDict:
    """The same question with its day written out, whichever way it was asked."""
    asked = QueryDict("view=primaries", mutable=True)
    if form.cleaned_data["days"] is not None or form.cleaned_data["day"]:
        asked["day"] = f"{form.moment:%Y-%m-%d}"
        if form.cleaned_data["days"] is None and form.cleaned_data["at"]:
            asked["at"] = f"{form.cleaned_data['at']:%H:%M}"
    for name in ("q", "account"):
        if form.cleaned_data[name]:
            asked[name] = str(form.data.get(name))
    return asked


def _address(form: AsOf) -> str:
    return f"{reverse('audit')}?{_query(form).urlencode()}"
