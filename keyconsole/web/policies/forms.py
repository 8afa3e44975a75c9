"""The form that says what a policy shall say. Collects only: `keyconsole.policies.document.rules` decides.

Its lists of requirements, windows and freezes are in `rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from keyconsole.policies.document.parts import Rule, Runs
from keyconsole.policies.document.rules import Document, Rules

_LONGEST_LIST = 4000
RULES = (
    (Rule.APPROVE.value, "Others approve: every requirement below has to be met"),
    (Rule.CONFIRM.value, "One person confirms alone, by typing the key's name"),
)
RUNS = (
    (Runs.AUTOMATIC.value, "By themselves, as soon as they are approved and a window is open"),
    (Runs.BY_HAND.value, "By hand, when the requester or an approver says so"),
)
_SELECTOR_LISTS = ("accounts", "units", "aliases", "from_regions", "to_regions")
_PLAIN = {"class": "id", "autocomplete": "off", "spellcheck": "false"}


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who has to agree reads it, and it stays in the record.",
    )


class PolicyForm(WhyForm):
    name = forms.CharField(label="Name", help_text="Small letters, digits, - and _: payments-production.")
    accounts = forms.CharField(
        label="Accounts",
        required=False,
        max_length=_LONGEST_LIST,
        help_text="Their numbers of 12 digits, with commas. A name can change, a number cannot.",
    )
    units = forms.CharField(
        label="Organisational units",
        required=False,
        max_length=_LONGEST_LIST,
        help_text="Such as prod/*, with commas. A unit takes in those below it.",
    )
    aliases = forms.CharField(
        label="Aliases",
        required=False,
        max_length=_LONGEST_LIST,
        help_text="Patterns such as card-*, with commas, without alias/.",
    )
    tags = forms.CharField(
        label="Tags of the primary",
        required=False,
        max_length=_LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 2, **_PLAIN}),
        help_text="One name=pattern a line, such as env=prod*. All of them have to fit.",
    )
    from_regions = forms.CharField(
        label="Primary now in", required=False, max_length=_LONGEST_LIST, help_text="Regions, with commas."
    )
    to_regions = forms.CharField(
        label="Move to", required=False, max_length=_LONGEST_LIST, help_text="Regions, with commas."
    )
    rule = forms.ChoiceField(label="Rule", choices=RULES, widget=forms.RadioSelect)
    second_factor = forms.BooleanField(
        label="Approvals count only with a second factor",
        required=False,
        help_text="Who approves proves it with a passkey or a code, on the page: the terminal cannot.",
    )
    allowed_regions = forms.CharField(
        label="Allowed primary Regions",
        required=False,
        max_length=_LONGEST_LIST,
        help_text="With commas. Empty: every Region.",
    )
    ticket_pattern = forms.CharField(
        label="Ticket pattern",
        required=False,
        help_text="A regular expression for the whole ticket, such as SEC-[0-9]+. Empty: none is asked for.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    reason_at_least = forms.IntegerField(label="Shortest reason, in characters", min_value=0)
    request_lives_hours = forms.IntegerField(label="A request waits at most, in hours", min_value=1)
    approval_lives_hours = forms.IntegerField(label="An approval holds, in hours", min_value=1)
    runs = forms.ChoiceField(label="Approved changes run", choices=RUNS, widget=forms.RadioSelect)
    emergency_group = forms.ChoiceField(
        label="Emergency group",
        required=False,
        help_text="Its people may move a primary at once, without approval; a review follows.",
    )
    review_within_hours = forms.IntegerField(label="Review within, in hours", min_value=1)
    frozen = forms.CharField(
        label="Frozen because",
        required=False,
        help_text="A reason freezes these keys until the policy is changed again. Empty: not frozen.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        groups: Iterable[str],
        rules: Rules | None = None,
        why: str = "",
        named: str = "",
    ) -> None:
        super().__init__(data, initial=(_initial(rules) if rules else {}) | {"why": why})
        choices = [("", "No emergency path"), *((name, name) for name in groups)]
        self.fields["emergency_group"].choices = choices  # type: ignore[attr-defined]
        if named:
            # Disabled: what a browser sends for it is ignored.
            self.fields["name"].disabled = True
            self.initial["name"] = named

    def clean_tags(self) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data["tags"].splitlines() if line.strip()]
        pairs = [line.partition("=") for line in lines]
        if wrong := [line for line, (name, sign, _) in zip(lines, pairs, strict=True) if not (name and sign)]:
            raise forms.ValidationError(f"Write name=pattern, not {wrong[0][:60]}.")
        names = [name.strip() for name, _, _ in pairs]
        if len(set(names)) < len(names):
            raise forms.ValidationError("A tag stands there twice.")
        return dict(zip(names, (pattern.strip() for _, _, pattern in pairs), strict=True))

    def entered(self) -> Document:
        """What the fields say, without the lists of rows."""
        given = self.cleaned_data
        plain = set(self.fields) - {"why", "tags", "allowed_regions", *_SELECTOR_LISTS}
        return {
            **{name: given[name] for name in plain},
            "applies_to": {"tags": given["tags"], **{name: split(given[name]) for name in _SELECTOR_LISTS}},
            "allowed_regions": split(given["allowed_regions"]),
        }


def split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]


def _initial(rules: Rules) -> dict[str, Any]:
    facts = rules.as_json()
    selector = facts["applies_to"]
    lists = {name: ", ".join(selector[name]) for name in _SELECTOR_LISTS}
    tags = "\n".join(f"{name}={pattern}" for name, pattern in selector["tags"].items())
    return {**facts, **lists, "tags": tags, "allowed_regions": ", ".join(facts["allowed_regions"])}
