"""The form that names a place to tell things to.

Collects only: `notifications.routes` decides, so that the form and the command line say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.notifications.models import Kind
from keyconsole.notifications.topics import Topic

KINDS = (
    (Kind.APPRISE.value, "Apprise: Slack, Teams, PagerDuty, e-mail to a list and a hundred more"),
    (Kind.WEBHOOK.value, "Webhook: signed JSON to a program of yours"),
)


class RouteForm(forms.Form):
    name = forms.CharField(label="Name", max_length=60, help_text="What people call it: security-channel.")
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    url_env = forms.CharField(
        label="Variable with the address",
        max_length=100,
        help_text="An environment variable of the worker, such as KEYCONSOLE_NOTIFY_SLACK, or a file that "
        "KEYCONSOLE_NOTIFY_SLACK_FILE names. Never enter an address itself: it is a secret, not kept here.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret_env = forms.CharField(
        label="Variable with the webhook's secret",
        max_length=100,
        required=False,
        help_text="Only for a webhook: its messages are signed with it.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    topics = forms.MultipleChoiceField(
        label="Topics",
        required=False,
        choices=[(topic.value, topic.describes) for topic in Topic],
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: all of them, also those that come later.",
    )
    accounts = forms.CharField(
        label="AWS accounts",
        required=False,
        max_length=2000,
        help_text="Names or numbers, separated by spaces or commas. Empty: all. What belongs to no account, "
        "such as a policy, goes only to routes for all accounts.",
    )

    def clean_accounts(self) -> list[str]:
        asked = [part for part in re.split(r"[\s,]+", self.cleaned_data["accounts"]) if part]
        known = list(AwsAccount.objects.values_list("account_id", "name")) if asked else []
        numbers = {name.casefold(): number for number, name in known} | {
            number: number for number, _ in known
        }
        if unknown := [text for text in asked if text.casefold() not in numbers]:
            raise forms.ValidationError(f"There is no account {', '.join(unknown)[:200]}.")
        return [numbers[text.casefold()] for text in asked]

    def add_problems(self, problems: Mapping[str, str]) -> None:
        for field, sentence in problems.items():
            self.add_error(field if field in self.fields else None, sentence)

    def entered(self) -> dict[str, Any]:
        return {field: value for field, value in self.cleaned_data.items() if field != "name"}
