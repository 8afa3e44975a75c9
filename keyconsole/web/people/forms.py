"""The forms with which administrators act on people. They collect only; the verbs decide."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.invitations import FIRST_ROLES
from keyconsole.text import REASON_AT_MOST

ALL = "all"
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def end_of(day: date) -> datetime:
    """A day is over with its last second in UTC."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=REASON_AT_MOST,
        help_text="It stands in the record.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class InviteForm(forms.Form):
    username = forms.CharField(
        label="Username",
        max_length=150,
        help_text="Letters, digits and @.+-_ only. It stands in the record and is never changed.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="The link is sent there where e-mail is set up, and later what needs the person.",
    )
    role = forms.ChoiceField(
        label="First role",
        required=False,
        choices=[("", "none yet"), *((role.value, role.value) for role in FIRST_ROLES)],
        help_text="Approver and administrator are proposed once the invitation is accepted.",
    )
    account = forms.ChoiceField(label="Where the role holds", required=False)

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        _offer_accounts(self.fields["account"], by)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=[(role.value, role.value) for role in Role])
    account = forms.ChoiceField(label="Where it holds")
    until = forms.DateField(
        label="Until",
        required=False,
        help_text="Ends with this day, in UTC. Empty: until somebody takes it away.",
        widget=_DAY,
    )
    why = WhyForm.base_fields["why"]

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        _offer_accounts(self.fields["account"], by)

    @property
    def role_chosen(self) -> Role:
        return Role(self.cleaned_data["role"])

    @property
    def account_chosen(self) -> AwsAccount | None:
        return chosen_account(self.cleaned_data["account"])

    @property
    def ends_at(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return end_of(day) if day else None


def chosen_account(number: str) -> AwsAccount | None:
    return None if number in {"", ALL} else AwsAccount.objects.get(account_id=number)


def _offer_accounts(field: forms.Field, by: User) -> None:
    accounts = accounts_where(by, Permission.ADMINISTER).order_by("name")
    everywhere = [(ALL, "all accounts")] if can(by, Permission.ADMINISTER) else []
    offered = [(each.account_id, str(each)) for each in accounts]
    if isinstance(field, forms.ChoiceField):
        field.choices = [*everywhere, *offered]
