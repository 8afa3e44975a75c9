"""Which audit entries a person may read, and which of them a filter keeps.

Entries of an account go to those who may read its audit; entries of no account to those who may read all.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.web.audit.about import About, about, as_word
from keyconsole.web.audit.presets import BY_NAME, PRESETS
from keyconsole.web.search.field import SearchField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# What PostgreSQL's bigint holds.
_NUMBER_AT_MOST = 2**63 - 1


class AuditFilter(forms.Form):
    """`show` is a preset. `words`: take the text as it is, whatever it names. `entry`: that one alone."""

    q = SearchField("About, or any word of it")
    event = forms.ChoiceField(
        required=False, choices=[("", "Any event"), *((event.value, event.value) for event in Event)]
    )
    actor = SearchField("Who")
    account = forms.ModelChoiceField(
        AwsAccount.objects.none(), to_field_name="account_id", required=False, empty_label="Any account"
    )
    since = forms.DateField(label="From (UTC)", required=False, widget=_DAY)
    until = forms.DateField(label="To (UTC)", required=False, widget=_DAY)
    show = forms.ChoiceField(
        required=False, choices=[(each.name, each.word) for each in PRESETS], widget=forms.HiddenInput
    )
    words = forms.BooleanField(required=False, widget=forms.HiddenInput)
    entry = forms.IntegerField(
        required=False, min_value=1, max_value=_NUMBER_AT_MOST, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, person: User) -> None:
        super().__init__(data)
        account = self.fields["account"]
        if isinstance(account, forms.ModelChoiceField):
            account.queryset = accounts_where(person, Permission.READ_AUDIT)

    def given(self) -> dict[str, str]:
        """What was filtered by, as texts: for the record of an export."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def told(self) -> list[tuple[str, str]]:
        """The same for people, in the words of the form: for the head of a print."""
        told = [(str(self[name].label), text) for name, text in self.given().items() if name not in _QUIET]
        if preset := self.cleaned_data.get("show"):
            told.insert(0, ("Shows", BY_NAME[preset].word))
        if number := self.cleaned_data.get("entry"):
            told.append(("Entry", str(number)))
        return told


_QUIET = frozenset({"show", "words", "entry", "since", "until"})


def entries_for(person: User) -> QuerySet[Entry]:
    if can(person, Permission.READ_AUDIT):
        return Entry.objects.all()
    readable_accounts = accounts_where(person, Permission.READ_AUDIT).values("account_id")
    return Entry.objects.filter(account_id__in=readable_accounts)


def meaning(person: User, wanted: dict[str, Any]) -> About | None:
    """What the searched text stands for, among what this person may read."""
    if not wanted.get("q"):
        return None
    if wanted.get("words"):
        return as_word(wanted["q"])
    accounts = accounts_where(person, Permission.READ_AUDIT)
    if wanted.get("account"):
        accounts = accounts.filter(pk=wanted["account"].pk)
    return about(wanted["q"], entries=entries_for(person), accounts=accounts)


def kept(entries: QuerySet[Entry], wanted: dict[str, Any], meant: About | None) -> QuerySet[Entry]:
    """The entries that every given condition keeps; days are whole days in UTC."""
    if wanted.get("show"):
        entries = entries.filter(BY_NAME[wanted["show"]].condition)
    if wanted.get("entry"):
        entries = entries.filter(number=wanted["entry"])
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
    if meant:
        entries = entries.alias(words=Cast("data", TextField())).filter(meant.condition)
    return entries
