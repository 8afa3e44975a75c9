"""Changes: the list by tab, and one change with its live progress. Its verbs stand in `action_views.py`."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.approvals.inbox import (
    access_needing,
    edits_needing,
    needing,
    one_a_batch,
    proposals_needing,
)
from keyconsole.changes.models import Change
from keyconsole.references import CHANGE, number_of
from keyconsole.web.changes.list import (
    Tab,
    changes_for,
    changes_in,
    list_version,
    matching,
    tab_links,
    with_lines_seen,
)
from keyconsole.web.changes.page import change_page, version_of
from keyconsole.web.fragments import is_poll, page, unchanged, wants_fragment
from keyconsole.web.guards import change_for, person_of, requires
from keyconsole.web.search.field import SearchField

PER_PAGE = 50


class ListFilter(forms.Form):
    q = SearchField()


@requires(Permission.VIEW)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    version = list_version(person, now=timezone.now())
    if same := unchanged(request, version):
        return same
    form = ListFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    waiting, proposed = one_a_batch(needing(person)), _proposed_to(person)
    needs_me = waiting.count() + sum(map(len, proposed.values()))
    tabs = tab_links(person, request.GET.get("tab", ""), needs_me=needs_me)
    current = next(link.tab for link in tabs if link.is_current)
    found = matching(changes_in(current, person, needing=waiting).newest_first(), text)
    rows = with_lines_seen(found.select_related("key__account", "requester", "batch"), person)
    context = {
        "tabs": tabs,
        "tab": current,
        "text": text,
        "form": form,
        "version": version,
        **(proposed if current == Tab.NEEDS_ME and not text else {}),
        "changes_page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "changes/index.html", "changes", context)


def _proposed_to(person: User) -> dict[str, Sequence[object]]:
    """What waits for the person's agreement and is no change, by its name in the list."""
    return {
        "proposals": proposals_needing(person),
        "edits": edits_needing(person),
        "access": access_needing(person),
    }


@requires(Permission.VIEW)
@require_safe
def change(request: HttpRequest, ref: str) -> HttpResponse:
    person = person_of(request)
    polled = _only_its_version(person, ref) if is_poll(request) else None
    if polled and (same := unchanged(request, version_of(polled))):
        return same
    found = change_for(person, ref)
    version = version_of(found)
    context = change_page(found, person=person, now=timezone.now())
    context |= {"version": version, "fragment": wants_fragment(request)}
    return page(request, "changes/change.html", "change", context)


def _only_its_version(person: User, ref: str) -> Change | None:
    """Nothing but what tells whether the page is new: most polls end with it."""
    visible = changes_for(person).filter(number=number_of(CHANGE, ref))
    narrow = visible.select_related("batch", "key__account").only(
        "number", "version", "state", "is_emergency", "batch__number", "key__account__account_id"
    )
    return narrow.first()
