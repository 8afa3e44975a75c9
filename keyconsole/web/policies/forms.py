"""The form that says what a policy shall say. Collects only: `keyconsole.policies.document.rules` decides.

Its lists of requirements, windows and freezes are in `rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from keyconsole.policies.document.parts import Rule, Runs
from keyconsole.policies.document.rules import Document, Rules
from keyconsole.web.choosers import Chooser, ChosenField
from keyconsole.web.policies.known import Known

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
_REGION_LISTS = ("from_regions", "to_regions", "allowed_regions")
_PLAIN = {"class": "id", "autocomplete": "off", "spellcheck": "false"}


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stays in the record, and who has to agree reads it.",
    )


class PolicyForm(WhyForm):
    name = forms.CharField(label="Name", help_text="Small letters, digits, - and _: payments-production.")
    accounts = ChosenField(
        label="Accounts",
        required=False,
        widget=Chooser(adds="Account numbers, with commas", placeholder="111122223333"),
        help_text="A name can change, a number cannot: the policy keeps the number.",
    )
    units = ChosenField(
        label="Organisational units",
        required=False,
        widget=Chooser(adds="Further units, with commas", placeholder="prod/*"),
        help_text="A unit takes in those below it; * stands for any text.",
    )
    aliases = ChosenField(
        label="Aliases",
        required=False,
        widget=Chooser(adds="Patterns, with commas", placeholder="card-*"),
        help_text="Without alias/; * stands for any text.",
    )
    tags = forms.CharField(
        label="Tags of the primary",
        required=False,
        max_length=_LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 2, **_PLAIN}),
        help_text="One name=pattern a line, such as env=prod*. All of them have to fit.",
    )
    from_regions = ChosenField(label="Primary now in", required=False)
    to_regions = ChosenField(label="Move to", required=False)
    rule = forms.ChoiceField(label="Rule", choices=RULES, widget=forms.RadioSelect)
    second_factor = forms.BooleanField(
        label="Approvals count only with a second factor",
        required=False,
        help_text="Who approves proves it with a passkey or a code, on the page: the terminal cannot.",
    )
    allowed_regions = ChosenField(
        label="Allowed primary Regions", required=False, help_text="None chosen: every Region."
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
        held: Rules | None = None,
    ) -> None:
        super().__init__(data, initial=(_initial(rules) if rules else {}) | {"why": why})
        self._before = _initial(held) if held else {}
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

    def offer(self, known: Known) -> None:
        """What there is to choose from; what is written stays, known or not."""
        for name in _REGION_LISTS:
            cast("ChosenField", self.fields[name]).offer(known.regions)
        cast("ChosenField", self.fields["accounts"]).offer(known.accounts)
        cast("ChosenField", self.fields["units"]).offer(known.units)
        cast("ChosenField", self.fields["aliases"]).offer(known.aliases)

    def _chosen(self, name: str) -> list[str]:
        """In the order of before: boxes stand in an order of their own, and that alone is no change."""
        chosen, before = self.cleaned_data[name], self._before.get(name, ())
        return [each for each in before if each in chosen] + [each for each in chosen if each not in before]

    def entered(self) -> Document:
        """What the fields say, without the lists of rows."""
        given = self.cleaned_data
        plain = set(self.fields) - {"why", "tags", "allowed_regions", *_SELECTOR_LISTS}
        return {
            **{name: given[name] for name in plain},
            "applies_to": {"tags": given["tags"], **{name: self._chosen(name) for name in _SELECTOR_LISTS}},
            "allowed_regions": self._chosen("allowed_regions"),
        }


def _initial(rules: Rules) -> dict[str, Any]:
    facts = rules.as_json()
    selector = facts["applies_to"]
    lists = {name: selector[name] for name in _SELECTOR_LISTS}
    tags = "\n".join(f"{name}={pattern}" for name, pattern in selector["tags"].items())
    return {**facts, **lists, "tags": tags}
