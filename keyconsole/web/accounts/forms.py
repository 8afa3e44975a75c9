"""The forms that say how KeyConsole enters an AWS account.

Collect only: `aws_accounts.register` decides what a page may say. Offer roles, and names that the server's
operator allowed; never a file, a variable or an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms

from keyconsole.aws_accounts.fields import partition_for, tidy
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Allowed, Origin
from keyconsole.aws_accounts.register import AccountFields
from keyconsole.web.choosers import ChosenField, regions_to_choose

ROLE_NAME = "KeyConsole"
_SERVER = "default"
# As AWS's console shows a number: 1111-2222-3333.
_BETWEEN_DIGITS = re.compile(r"[\s-]+")
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")


class AccountForm(forms.Form):
    account_id = forms.CharField(
        label="Account number",
        help_text="12 digits, with or without dashes. It cannot be changed later.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", help_text="What people call it: payments.")
    role_arn = forms.CharField(
        label="Role to assume",
        help_text="Its ARN in this account, such as arn:aws:iam::111122223333:role/KeyConsole.",
        required=False,
    )
    identity = forms.ChoiceField(
        label="Identity that assumes the role",
        help_text="What the server's operator set up. Its keys and files are known to the server alone.",
    )
    regions = ChosenField(
        label="Regions to look in",
        required=False,
        help_text="None chosen: every Region that the account has enabled.",
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
        cast("ChosenField", self.fields["regions"]).offer(regions_to_choose(partitions=_PARTITIONS))

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """A choice where there is one: not of what the terminal set, and not of a single thing."""
        if self.at_terminal or len(choices) == 1:
            del self.fields[name]
        else:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_account_id(self) -> str:
        return _BETWEEN_DIGITS.sub("", str(self.cleaned_data["account_id"]))

    def entered(self) -> AccountFields:
        """Everything but the number, as `register` takes it. What the terminal set is not among it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "account_id"}
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


class AddForm(AccountForm):
    """A number and a name are enough: the rest has its usual value."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["role_arn"].help_text = f"Its ARN in this account. Empty: the role {ROLE_NAME}."
        if "identity" in self.fields:
            self.fields["identity"].required = False

    def entered(self) -> AccountFields:
        said = super().entered()
        said["source"] = said["source"] or _SERVER
        if not said["role_arn"].strip():
            partition = partition_for(tidy(said))
            number = self.cleaned_data["account_id"]
            said["role_arn"] = f"arn:{partition}:iam::{number}:role/{ROLE_NAME}"
        return said

    @property
    def has_other_ways(self) -> bool:
        """Whether anything but number and name was said or is wrong: then it stands open."""
        others = [name for name in self.fields if name not in {"account_id", "name"}]
        return any(self.errors.get(name) or (self.is_bound and self[name].value()) for name in others)


def _identities(allowed: Allowed) -> list[tuple[str, str]]:
    return [
        (_SERVER, "What the server itself has: environment, instance or container role"),
        *((f"profile:{name}", f"The server's profile {name}") for name in allowed.profiles),
        *((f"env-keys:{name}", f"The server's access keys {name}_…") for name in allowed.env_prefixes),
    ]


def _initial(account: AwsAccount) -> dict[str, Any]:
    plain = [name for name in AccountForm.base_fields if name != "identity"]
    name = account.profile_name or account.env_prefix
    return {
        **{field: getattr(account, field) for field in plain},
        "identity": f"{account.source}:{name}" if name else account.source,
    }
