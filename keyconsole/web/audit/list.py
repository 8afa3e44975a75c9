"""Which audit entries a person may read, and which of them a filter keeps.

Entries of an account go to those who may read its audit; entries of no account to those who may read all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.references import CHANGE, number_of
from keyconsole.web.audit.named_keys import NamedKeys, named_keys
from keyconsole.web.changes.timeline import readable
from keyconsole.web.search.field import SearchField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditFilter(forms.Form):
    event = forms.ChoiceField(
        required=False, choices=[("", "Any event"), *((event.value, event.value) for event in Event)]
    )
    actor = SearchField("Who")
    q = SearchField("About, or any word of it")
    account = forms.ModelChoiceField(
        AwsAccount.objects.none(), to_field_name="account_id", required=False, empty_label="Any account"
    )
    since = forms.DateField(label="From (UTC)", required=False, widget=_DAY)
    until = forms.DateField(label="To (UTC)", required=False, widget=_DAY)

    def __init__(self, data: Any, *, person: User) -> None:
        super().__init__(data)
        account = self.fields["account"]
        if isinstance(account, forms.ModelChoiceField):
            account.queryset = accounts_where(person, Permission.READ_AUDIT)

    def given(self) -> dict[str, str]:
        """What was filtered by, as texts: for the record of an export."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


@dataclass(frozen=True, slots=True)
class EntryRow:
    entry: Entry
    url: str
    facts: tuple[tuple[str, str], ...]


def entries_for(person: User) -> QuerySet[Entry]:
    if can(person, Permission.READ_AUDIT):
        return Entry.objects.all()
    readable_accounts = accounts_where(person, Permission.READ_AUDIT).values("account_id")
    return Entry.objects.filter(account_id__in=readable_accounts)


def keys_named(person: User, wanted: dict[str, Any]) -> NamedKeys:
    """The keys that the searched word stands for, among what this person may read."""
    if not wanted.get("q"):
        return NamedKeys()
    accounts = accounts_where(person, Permission.READ_AUDIT)
    if wanted.get("account"):
        accounts = accounts.filter(pk=wanted["account"].pk)
    return named_keys(wanted["q"], entries=entries_for(person), accounts=accounts)


def kept(entries: QuerySet[Entry], wanted: dict[str, Any], named: NamedKeys) -> QuerySet[Entry]:
    """The entries that every given condition keeps; days are whole days in UTC.

    With `named`, everything about a key is found by each of its names.
    """
    if wanted.get("event"):
        entries = entries.filter(event=wanted["event"])
    if wanted.get("actor"):
        entries = entries.filter(actor__icontains=wanted["actor"])
    if wanted.get("account"):
        entries = entries.filter(account_id=wanted["account"].account_id)
    if wanted.get("since"):
        entries = entries.filter(at__gte=datetime.combine(wanted["since"], time.min, tzinfo=UTC))
    if wanted.get("until"):
        entries = entries.filter(at__lte=datetime.combine(wanted["until"], time.max, tzinfo=UTC))
    if text := wanted.get("q"):
        entries = entries.alias(words=Cast("data", TextField())).filter(
            Q(subject__icontains=text) | Q(words__icontains=text) | named.condition
        )
    return entries


def entry_rows(entries: Iterable[Entry]) -> list[EntryRow]:
    return [EntryRow(entry, _url_of(entry), tuple(readable(entry.data))) for entry in entries]


def _url_of(entry: Entry) -> str:
    """The page of what the entry is about, where there is one."""
    if entry.event.startswith("access."):
        return reverse("proposal", args=[entry.data["proposal"]])
    if number_of(CHANGE, entry.subject):
        return reverse("change", args=[entry.subject])
    if entry.account_id and entry.subject == entry.account_id:
        return reverse("account", args=[entry.account_id])
    if entry.account_id and entry.subject.startswith("mrk-") and "/" not in entry.subject:
        return reverse("key", args=[entry.account_id, entry.subject])
    return ""
