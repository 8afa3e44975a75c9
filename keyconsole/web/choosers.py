"""Choosing several among what is known: boxes to tick, and a text for what is not listed. Needs no script.

What was chosen and is not known any more stays among the boxes: a form loses nothing that it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.regions import OTHERS, region_groups
from keyconsole.web.pictures.places import place

MOST_CHARACTERS = 4000
# More than these are not drawn as boxes but offered while somebody writes.
BOXES_AT_MOST = 24
SUGGESTED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    hint: str = ""
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    options: tuple[Option, ...]


class Chooser(forms.Widget):
    """`adds`: the label of the text for what is not listed; empty where there is nothing besides."""

    use_fieldset = True

    def __init__(self, *, adds: str = "", placeholder: str = "") -> None:
        super().__init__()
        self.adds, self.placeholder = adds, placeholder
        self.groups: Sequence[Group] = ()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:  # noqa: ARG002 - Django's
        return split(data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:  # noqa: ARG002 - Django's
        return False  # no box ticked sends nothing

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002 - Django's
        chosen = split(value)
        few = sum(len(group.options) for group in self.groups) <= BOXES_AT_MOST or not self.adds
        known = [option for group in self.groups for option in group.options]
        shown = self.groups if few else [Group("", tuple(each for each in known if each.value in chosen))]
        strange = [value for value in chosen if value not in {option.value for option in known}]
        groups = [_ticked(group, chosen) for group in shown if group.options]
        if strange:
            groups.append(Group(OTHERS if groups else "", tuple(Option(v, v, ticked=True) for v in strange)))
        context = {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "groups": groups,
            "adds": self.adds,
            "placeholder": self.placeholder,
            "suggested": () if few else known[:SUGGESTED_AT_MOST],
        }
        return render_to_string("_chooser.html", context)


class ChosenField(forms.Field):
    """Cleans to a list of texts, each once and trimmed. Judges none of them."""

    widget = Chooser
    hidden_widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        chosen = split(value)
        if sum(map(len, chosen)) > MOST_CHARACTERS:
            raise forms.ValidationError(f"At most {MOST_CHARACTERS:,} characters altogether.")
        return chosen

    def offer(self, groups: Iterable[Group]) -> None:
        self.widget.groups = tuple(groups)


def split(value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value or ())
    parts = [part.strip() for text in texts for part in re.split(r"[,\n]", str(text))]
    return list(dict.fromkeys(part for part in parts if part))


def regions_to_choose(*, partitions: Iterable[str] | None = None) -> list[Group]:
    """Of the partitions in which there are accounts, unless they are named."""
    if partitions is None:
        partitions = {"aws", *AwsAccount.objects.order_by().values_list("partition", flat=True).distinct()}
    return [
        Group(name, tuple(Option(region, region, place(region).name) for region in regions))
        for name, regions in region_groups(partitions=partitions)
    ]


def _ticked(group: Group, chosen: Sequence[str]) -> Group:
    options = (Option(each.value, each.label, each.hint, each.value in chosen) for each in group.options)
    return Group(group.label, tuple(options))
