"""The form that says how KeyConsole enters an AWS account.

Collects only: `aws_accounts.register` decides, so that the form and the command line say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.register import AccountFields

_MOST_REGIONS_TEXT = 2000

SOURCES = (
    ("default", "What the server itself has: environment, instance or container role"),
    ("profile", "A named profile (also SSO and credential_process)"),
    ("env-keys", "Access keys in environment variables or secret files"),
    ("web-identity", "A web identity token and the role it takes"),
)


class AccountForm(forms.Form):
    account_id = forms.CharField(
        label="Account number",
        help_text="Exactly 12 digits. It cannot be changed later.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", help_text="What people call it: payments.")
    unit = forms.CharField(
        label="Organisational unit",
        required=False,
        help_text="Its place in the organisation, such as prod/payments. Policies can choose by it.",
    )
    regions = forms.CharField(
        label="Regions to look in",
        required=False,
        max_length=_MOST_REGIONS_TEXT,
        help_text="Separated by spaces or commas. Empty: every Region that the account has enabled.",
    )
    source = forms.ChoiceField(label="Where the first credentials come from", choices=SOURCES)
    profile_name = forms.CharField(label="Profile", required=False)
    profile_location = forms.CharField(
        label="File of the profile",
        required=False,
        help_text="On the server. Empty: where the SDK looks by itself.",
    )
    env_prefix = forms.CharField(
        label="Prefix of the variables",
        required=False,
        help_text="PAYMENTS stands for PAYMENTS_ACCESS_KEY_ID, PAYMENTS_SECRET_ACCESS_KEY and "
        "PAYMENTS_SESSION_TOKEN, or each with _FILE. Never enter a key itself: secrets are not kept here.",
    )
    web_identity_token_file = forms.CharField(label="Token file", required=False, help_text="On the server.")
    web_identity_role_arn = forms.CharField(label="Role that the token takes", required=False)
    role_arn = forms.CharField(
        label="Role to assume",
        required=False,
        help_text="Its ARN in this account. It may be assumed on top of any of the sources above.",
    )
    external_id = forms.CharField(
        label="External id", required=False, help_text="Where the role's trust policy asks for one."
    )
    session_name = forms.CharField(
        label="Session name",
        required=False,
        help_text="Stands in CloudTrail beside each call. Empty: keyconsole, and the change for a move.",
    )
    endpoint_url = forms.CharField(
        label="Endpoint override",
        required=False,
        help_text="Only for a KMS that is not at its usual address.",
    )
    use_fips = forms.BooleanField(label="Use FIPS endpoints", required=False)
    use_dual_stack = forms.BooleanField(label="Use dual-stack endpoints (IPv6)", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, account: AwsAccount | None = None) -> None:
        super().__init__(data, initial=_initial(account) if account else None)
        if account:
            # Disabled: what a browser sends for it is ignored.
            self.fields["account_id"].disabled = True

    def entered(self) -> AccountFields:
        """Everything but the number, as `register` takes it."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "account_id"}
        fields["regions"] = [name for name in re.split(r"[\s,]+", fields["regions"]) if name]
        return cast("AccountFields", fields)

    def add_problems(self, problems: Mapping[str, str]) -> None:
        for field, sentence in problems.items():
            self.add_error(field if field in self.fields else None, sentence)


def _initial(account: AwsAccount) -> dict[str, Any]:
    names = [name for name in AccountForm.base_fields if name != "regions"]
    return {name: getattr(account, name) for name in names} | {"regions": " ".join(account.regions)}
