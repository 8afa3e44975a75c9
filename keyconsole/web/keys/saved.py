"""Saved views: a name for a filter, an order and columns of the list of keys, and who sees and changes it.

Views for everybody are written by administrators of every account, and recorded: others choose by them which
keys to move. One's own are nobody else's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.http import urlencode

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.refusals import Invalid, Refused
from keyconsole.text import clean_text
from keyconsole.web.keys.columns import columns_asked, read_columns
from keyconsole.web.keys.filter import Choices, KeyFilter, read_filter
from keyconsole.web.models import QUERY_AT_MOST, VIEW_NAME_AT_MOST, SavedView
from keyconsole.web.search.term import read_terms

VIEWS_AT_MOST = 20  # of one person, and for all


@dataclass(frozen=True, slots=True)
class ViewTab:
    view: SavedView
    is_current: bool
    problems: tuple[str, ...]  # what of it nobody can look for any more


def query_of(wanted: KeyFilter, columns: tuple[str, ...]) -> str:
    """What an address of the list says, in one spelling: two that mean the same are equal."""
    return urlencode([*wanted.as_pairs(), *columns_asked(columns)])


def read_query(query: str, choices: Choices) -> tuple[KeyFilter, tuple[str, ...]]:
    pairs = parse_qsl(query)
    return read_filter(dict(pairs), choices), read_columns(value for name, value in pairs if name == "column")


def tabs_for(person: User, choices: Choices, *, current: str) -> list[ViewTab]:
    """A view for all that names an account or a Region which somebody does not see is not there for them."""
    found = [_tab(view, choices, current) for view in _seen_by(person)]
    hidden = any(tab.view.for_all and tab.problems for tab in found)
    sees_all = hidden and may_save_for_all(person)
    return [tab for tab in found if sees_all or not (tab.view.for_all and tab.problems)]


def may_save_for_all(person: User) -> bool:
    return can(person, Permission.ADMINISTER)


def changeable_by(person: User) -> QuerySet[SavedView]:
    """Their own; those for all for whoever may save such ones, whoever did."""
    own = Q(owner=person, for_all=False)
    return SavedView.objects.filter(own | Q(for_all=True) if may_save_for_all(person) else own)


def save_view(
    person: User, *, name: str, query: str, choices: Choices, for_all: bool, now: datetime
) -> SavedView:
    """`query` as it stands in the address of the list. Raises Invalid."""
    wanted, columns = read_query(query, choices)
    query = query_of(wanted, columns)
    view = SavedView(owner=person, name=_clean(name), query=query, for_all=for_all, saved_at=now)
    if problem := _problem(view, wanted):
        raise Invalid({"name": problem})
    _write(view, Event.VIEW_SAVED, by=person, now=now, query=query)
    return view


def rename_view(view: SavedView, name: str, *, by: User, now: datetime) -> None:
    """Raises Invalid."""
    before, view.name = view.name, _clean(name)
    _write(view, Event.VIEW_RENAMED, by=by, now=now, before=before)


def delete_view(view: SavedView, *, by: User, now: datetime) -> None:
    with transaction.atomic():
        deleted, _ = SavedView.objects.filter(pk=view.pk).delete()
        if deleted:
            _record(view, Event.VIEW_DELETED, by=by, now=now, query=view.query)


def _seen_by(person: User) -> QuerySet[SavedView]:
    return SavedView.objects.select_related("owner").filter(Q(owner=person, for_all=False) | Q(for_all=True))


def _tab(view: SavedView, choices: Choices, current: str) -> ViewTab:
    wanted, _ = read_query(view.query, choices)
    return ViewTab(view, is_current=view.query == current, problems=wanted.problems)


def _clean(name: str) -> str:
    try:
        cleaned = clean_text("name", " ".join(name.split()), VIEW_NAME_AT_MOST)
    except Refused as refused:
        raise Invalid({"name": str(refused)}) from None
    if not cleaned:
        raise Invalid({"name": "Give the view a name."})
    return cleaned


def _problem(view: SavedView, wanted: KeyFilter) -> str:
    """Why it cannot be saved."""
    if view.for_all and not may_save_for_all(view.owner):
        return "Only administrators of every account save views for all."
    if wanted.problems:
        return " ".join(wanted.problems)
    if len(view.query) > QUERY_AT_MOST:
        return "The filter is too long to be saved."
    if view.for_all and any(term.names_a_key or term.account_id for term in read_terms(wanted.text)):
        return "A view for all finds keys by words, not by the name of one key or the number of an account."
    alike = SavedView.objects.filter(for_all=True)
    if not view.for_all:
        alike = SavedView.objects.filter(for_all=False, owner=view.owner)
    if alike.count() >= VIEWS_AT_MOST:
        return f"There are {VIEWS_AT_MOST} views already. Delete one first."
    return ""


def _write(view: SavedView, event: Event, *, by: User, now: datetime, **facts: Any) -> None:
    try:
        with transaction.atomic():
            view.save()
            _record(view, event, by=by, now=now, **facts)
    except IntegrityError:
        raise Invalid({"name": f"There is a view called “{view.name}” already."}) from None


def _record(view: SavedView, event: Event, *, by: User, now: datetime, **facts: Any) -> None:
    if view.for_all:
        record(event, actor=by.username, subject=view.name, now=now, data=facts)
