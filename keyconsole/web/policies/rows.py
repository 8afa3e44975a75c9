"""The rows of a policy's form: requirements, change windows and planned freezes.

A row that is left empty is left out, so that rows can be added without a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict

from keyconsole.policies.document.opening import DAYS
from keyconsole.policies.document.rules import Document, Rules

SPARE_ROWS = 1
# More than a document may hold: it refuses what is too many with its own sentence.
MOST_ROWS = 250
_CLOCK = {"type": "time", "class": "id"}
_MOMENT = {"type": "datetime-local", "class": "id"}
# What a browser's own field can show: finer than that it would leave empty.
_LONGEST_MOMENT = len("2026-12-24T18:00:15")
_MIDNIGHT, _END_OF_DAY = "00:00", "24:00"
DAY_CHOICES = tuple((day, day.title()) for day in DAYS)


class RowForm(forms.Form):
    """One row. `is_blank` where a person gave nothing of what the row is about."""

    about: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not any(self.cleaned_data.get(name) or self.errors.get(name) for name in self.about)

    def entered(self) -> Document:
        return dict(self.cleaned_data)


class RequirementRow(RowForm):
    about = ("at_least",)
    at_least = forms.IntegerField(label="People, at least", required=False)
    group = forms.ChoiceField(label="From", required=False)

    def __init__(self, *args: Any, groups: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "the account's approvers"), *((name, name) for name in groups)]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        # Nought is not nothing: it has to be refused. So has a group without a number.
        given = self.cleaned_data
        return given.get("at_least") is None and not given.get("group") and not self.errors


class WindowRow(RowForm):
    about = ("days", "start", "end", "time_zone")
    days = forms.MultipleChoiceField(
        label="Days", required=False, choices=DAY_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    start = forms.CharField(label="From", required=False, widget=forms.TextInput(attrs=_CLOCK))
    end = forms.CharField(label="To", required=False, widget=forms.TextInput(attrs=_CLOCK))
    time_zone = forms.CharField(
        label="Time zone",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Europe/Zurich", "class": "id", "list": "time-zones"}),
    )
    active = forms.BooleanField(label="Switched on", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("end") == _END_OF_DAY:
            self.initial["end"] = _MIDNIGHT

    def clean_end(self) -> str:
        """A browser's clock ends at 23:59: its midnight is the end of the day."""
        end = str(self.cleaned_data["end"])
        return _END_OF_DAY if end == _MIDNIGHT else end


class FreezeRow(RowForm):
    about = ("from_at", "to_at", "why")
    from_at = forms.CharField(label="From (UTC)", required=False, widget=forms.TextInput(attrs=_MOMENT))
    to_at = forms.CharField(label="To (UTC)", required=False, widget=forms.TextInput(attrs=_MOMENT))
    why = forms.CharField(label="Why", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_at", "to_at"):
            if len(str(self.initial.get(name, ""))) > _LONGEST_MOMENT:
                self.fields[name].widget.attrs["type"] = "text"

    def clean_from_at(self) -> str:
        return _utc(self.cleaned_data["from_at"])

    def clean_to_at(self) -> str:
        return _utc(self.cleaned_data["to_at"])


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[RowForm]
else:
    _FormSet = forms.BaseFormSet  # Django's class takes no type arguments at run time


class Rows(_FormSet):
    def entered(self) -> list[Document]:
        return [form.entered() for form in self.forms if not form.is_blank]


def _rows(row: type[RowForm]) -> type[Rows]:
    made = forms.formset_factory(
        row, formset=Rows, extra=SPARE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )
    return cast("type[Rows]", made)


_Requirements, _Windows, _Freezes = _rows(RequirementRow), _rows(WindowRow), _rows(FreezeRow)


def rows_showing(rules: Rules, *, groups: Sequence[str]) -> dict[str, Rows]:
    """By the name of the document's list, each with a spare row."""
    facts = rules.as_json()
    freezes = [{**span, **_walls(span)} for span in facts["freezes"]]
    return {
        "requirements": _Requirements(
            prefix="requirements", initial=facts["requirements"], form_kwargs={"groups": groups}
        ),
        "windows": _Windows(prefix="windows", initial=facts["windows"]),
        "freezes": _Freezes(prefix="freezes", initial=freezes),
    }


def rows_sent(data: QueryDict, *, groups: Sequence[str]) -> dict[str, Rows]:
    return {
        "requirements": _Requirements(data, prefix="requirements", form_kwargs={"groups": groups}),
        "windows": _Windows(data, prefix="windows"),
        "freezes": _Freezes(data, prefix="freezes"),
    }


def with_another_row(data: QueryDict, name: str) -> QueryDict:
    """What was sent, with one more empty row in the list of that name."""
    field = f"{name}-TOTAL_FORMS"
    text = data.get(field, "")
    total = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    more = data.copy()
    more[field] = str(min(total + 1, MOST_ROWS))
    return more


def _utc(text: str) -> str:
    """With the offset that the document asks for; what is no moment stays as it is, to be refused there."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _walls(span: Mapping[str, Any]) -> dict[str, str]:
    return {name: _wall(datetime.fromisoformat(span[name])) for name in ("from_at", "to_at")}


def _wall(moment: datetime) -> str:
    in_utc = moment.astimezone(UTC).replace(tzinfo=None)
    is_round = not (in_utc.second or in_utc.microsecond)
    return in_utc.isoformat(timespec="minutes" if is_round else "auto")
