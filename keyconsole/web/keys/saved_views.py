"""The pages of saved views: saving what the list shows now, and renaming or deleting what was saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.refusals import Invalid
from keyconsole.web.guards import person_of, requires
from keyconsole.web.keys import saved
from keyconsole.web.keys.columns import COLUMNS
from keyconsole.web.keys.filter import SHOWS, Choices
from keyconsole.web.keys.list import choices_in
from keyconsole.web.models import VIEW_NAME_AT_MOST


@requires(Permission.VIEW)
@require_safe
def views(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    context = {
        "tabs": saved.tabs_for(person, _choices(request), current=""),
        "may_change": set(saved.changeable_by(person).values_list("pk", flat=True)),
        "name_at_most": VIEW_NAME_AT_MOST,
    }
    return render(request, "keys/saved_views.html", context)


@requires(Permission.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    person, choices, problem = person_of(request), _choices(request), ""
    if request.method == "POST":
        name, query = request.POST.get("name", ""), request.POST.get("query", "")
        for_all, now = request.POST.get("for") == "all", timezone.now()
        try:
            view = saved.save_view(person, name=name, query=query, choices=choices, for_all=for_all, now=now)
        except Invalid as invalid:
            problem = " ".join(invalid.problems.values())
        else:
            messages.success(request, f"The view {view.name} is saved.")
            return redirect(view)
    return render(request, "keys/save_view.html", _saving(request, choices) | {"problem": problem})


@requires(Permission.VIEW)
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    view = get_object_or_404(saved.changeable_by(person), pk=pk)
    before = view.name
    try:
        saved.rename_view(view, request.POST.get("name", ""), by=person, now=timezone.now())
    except Invalid as invalid:
        messages.error(request, " ".join(invalid.problems.values()))
    else:
        messages.success(request, f"The view {before} is called {view.name} now.")
    return redirect("keys-views")


@requires(Permission.VIEW)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    view = get_object_or_404(saved.changeable_by(person), pk=pk)
    saved.delete_view(view, by=person, now=timezone.now())
    messages.success(request, f"The view {view.name} is deleted.")
    return redirect("keys-views")


def _choices(request: HttpRequest) -> Choices:
    return choices_in(accounts_where(person_of(request), Permission.VIEW))


def _saving(request: HttpRequest, choices: Choices) -> dict[str, Any]:
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    wanted, columns = saved.read_query(query, choices)
    return {
        "query": saved.query_of(wanted, columns),
        "wanted": wanted,
        "column_words": [COLUMNS[name] for name in columns],
        "show_words": SHOWS.get(wanted.show, ""),
        "choices": choices,
        "name": request.POST.get("name", ""),
        "for_all": request.POST.get("for") == "all",
        "may_save_for_all": saved.may_save_for_all(person_of(request)),
        "name_at_most": VIEW_NAME_AT_MOST,
    }
