"""The form that says how KeyConsole enters an AWS account.

Collects only: `aws_accounts.register` decides what a page may say. Offers roles, and names that the server's
operator allowed; never a file, a variable or an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Allowed, Origin
from keyconsole.aws_accounts.register import AccountFields

_MOST_REGIONS_TEXT = 2000

_SERVER = "default"


class AccountForm(forms.Form):
    account_id = forms.CharField(
        label="Account number",
        help_text="Exactly 12 digits. It cannot be changed later.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", help_text="What people call it: payments.")
    regions = forms.CharField(
        label="Regions to look in",
        required=False,
        max_length=_MOST_REGIONS_TEXT,
        help_text="Separated by spaces or commas. Empty: every Region that the account has enabled.",
    )
    identity = forms.ChoiceField(
        label="Identity that assumes the role",
        help_text="What the server's operator set up. Its keys and files are known to the server alone.",
    )
    role_arn = forms.CharField(
        label="Role to assume",
        help_text="Its ARN in this account, such as arn:aws:iam::111122223333:role/KeyConsole.",
        required=False,
    )
    session_name = forms.CharField(
        label="Session name",
        required=False,
        help_text="Stands in CloudTrail beside each call. Empty: keyconsole, and the change for a move.",
    )
    endpoint_url = forms.ChoiceField(
        label="Endpoint",
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
        self.at_terminal = account is not None and account.origin == Origin.TERMINAL
        allowed = Allowed.by_the_operator()
        self._offer("identity", _identities(allowed))
        self._offer(
            "endpoint_url", [("", "AWS's own addresses"), *((each, each) for each in allowed.endpoints)]
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A choice where there is one: not of what the terminal set, and not of a single thing."""
        if self.at_terminal or len(choices) == 1:
            del self.fields[name]
        else:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def entered(self) -> AccountFields:
        """Everything but the number, as `register` takes it. What the terminal set is not among it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "account_id"}
        said["regions"] = [name for name in re.split(r"[\s,]+", said["regions"]) if name]
        if not self.at_terminal:
            source, _, name = said.pop("identity", _SERVER).partition(":")
            profile, prefix = (name if source == kind else "" for kind in ("profile", "env-keys"))
            said |= {"source": source, "profile_name": profile, "profile_location": "", "env_prefix": prefix}
            said.setdefault("endpoint_url", "")
        return cast("AccountFields", said)

    def add_problems(self, problems: Mapping[str, str]) -> None:
        for name, sentence in problems.items():
            field = "identity" if name == "source" else name
            self.add_error(field if field in self.fields else None, sentence)


def _identities(allowed: Allowed) -> list[tuple[str, str]]:
    return [
        (_SERVER, "What the server itself has: environment, instance or container role"),
        *((f"profile:{name}", f"The server's profile {name}") for name in allowed.profiles),
        *((f"env-keys:{name}", f"The server's access keys {name}_…") for name in allowed.env_prefixes),
    ]


def _initial(account: AwsAccount) -> dict[str, Any]:
    plain = [name for name in AccountForm.base_fields if name not in {"regions", "identity"}]
    name = account.profile_name or account.env_prefix
    return {
        **{field: getattr(account, field) for field in plain},
        "regions": " ".join(account.regions),
        "identity": f"{account.source}:{name}" if name else account.source,
    }
