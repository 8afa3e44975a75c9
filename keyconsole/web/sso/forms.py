"""The form in which a group of single sign-on is mapped, and its words."""

from __future__ import annotations

from typing import Any

from django import forms

from keyconsole.aws_accounts.models import SSO_GROUP_AT_MOST, AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.sso.mapping import Wanted, wanted
from keyconsole.refusals import Refused

TO_A_ROLE, TO_A_GROUP = "role", "group"


class MappingForm(forms.Form):
    sso_group = forms.CharField(
        label="Group of single sign-on",
        max_length=SSO_GROUP_AT_MOST,
        help_text="Exactly as the provider names it; some send an id.",
    )
    gives = forms.ChoiceField(
        label="It gives",
        choices=[(TO_A_ROLE, "a role"), (TO_A_GROUP, "a group of approvers")],
    )
    role = forms.ChoiceField(
        label="Role", choices=[("", "none"), *((role.value, role.value) for role in Role)], required=False
    )
    account = forms.ModelChoiceField(
        AwsAccount.objects.order_by("name"),
        to_field_name="account_id",
        label="Where the role holds",
        empty_label="all accounts",
        required=False,
    )
    group = forms.CharField(
        label="Group of approvers",
        max_length=60,
        required=False,
        help_text="Such as security; it is made where there is none of that name.",
    )

    def clean(self) -> dict[str, Any]:
        """`asked`: what it comes to. Of the two ways only the chosen one is read."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        by_role = cleaned["gives"] == TO_A_ROLE
        try:
            cleaned["asked"] = wanted(
                cleaned["sso_group"],
                role=cleaned["role"] if by_role else "",
                account=cleaned["account"] if by_role else None,
                group="" if by_role else cleaned["group"],
            )
        except Refused as refused:
            self.add_error("role" if by_role else "group", str(refused))
        return cleaned

    @property
    def asked(self) -> Wanted:
        asked: Wanted = self.cleaned_data["asked"]
        return asked
