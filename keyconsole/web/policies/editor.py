"""What a person writes about a policy, as a form or as JSON, on its way to `Rules`. Nothing is lost on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from keyconsole.policies.document.parse import parse_rules
from keyconsole.policies.document.rules import RESERVED_NAMES, Document, Rules
from keyconsole.policies.models import PolicyVersion, VersionState
from keyconsole.refusals import Invalid
from keyconsole.web.policies.forms import PolicyForm, WhyForm
from keyconsole.web.policies.known import Known
from keyconsole.web.policies.rows import Rows, rows_sent, rows_showing, with_another_row

LONGEST_DOCUMENT = 100_000
# Stands for a name or a reason that is not written yet. Nothing is stored with it.
UNWRITTEN = "not-written-yet"
# Names that are addresses of other pages.
LISTS = {"applies_to": "Applies to", "requirements": "Requirements", "windows": "Change windows"}
LISTS |= {"freezes": "Planned freezes"}


class Problem(NamedTuple):
    anchor: str
    label: str
    sentence: str


class JsonForm(WhyForm):
    document = forms.CharField(
        label="Document",
        max_length=LONGEST_DOCUMENT,
        widget=forms.Textarea(
            attrs={"rows": 28, "class": "id", "autocomplete": "off", "spellcheck": "false"}
        ),
        help_text="One JSON object. What is left out takes its usual value; name and rule are needed.",
    )

    def clean_document(self) -> object:
        try:
            return json.loads(self.cleaned_data["document"], object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
            ) from None
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is not a policy: {error}") from None


@dataclass
class Editor:
    form: PolicyForm | JsonForm
    rows: dict[str, Rows] = field(default_factory=dict)
    rules: Rules | None = None  # None: it cannot stand, or nobody has looked yet
    list_problems: dict[str, str] = field(default_factory=dict)

    @property
    def as_json(self) -> bool:
        return isinstance(self.form, JsonForm)

    @property
    def why(self) -> str:
        return str(self.form.cleaned_data["why"])

    @property
    def document(self) -> str:
        return written(self.rules.as_json()) if self.rules else ""

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong, each with where it stands."""
        return list(self._problems())

    def offer(self, known: Known) -> Editor:
        if isinstance(self.form, PolicyForm):
            self.form.offer(known)
        return self

    def _problems(self) -> Iterator[Problem]:
        for name, errors in self.form.errors.items():
            label = str(self.form.fields[name].label) if name in self.form.fields else ""
            yield from (Problem(f"id_{name}", label, str(error)) for error in errors)
        yield from (Problem(name, LISTS.get(name, name), told) for name, told in self.list_problems.items())
        for name, rows in self.rows.items():
            for at, row in enumerate(rows.forms, start=1):
                for given, errors in row.errors.items():
                    where = f"{LISTS[name]}, row {at}"
                    yield from (Problem(f"id_{row.prefix}-{given}", where, str(error)) for error in errors)


def showing(rules: Rules, *, named: str, as_json: bool, groups: Sequence[str], why: str = "") -> Editor:
    if as_json:
        return Editor(JsonForm(initial={"document": written(rules.as_json()), "why": why}), rules=rules)
    form = PolicyForm(groups=groups, rules=rules, why=why, named=named)
    return Editor(form, rows_showing(rules, groups=groups), rules)


def sent(
    data: QueryDict,
    *,
    named: str,
    groups: Sequence[str],
    numbers: Mapping[str, str],
    held: Rules | None = None,
    looking: bool = False,
) -> Editor:
    """`named`: the policy that is being changed; empty for a new one. `numbers`: as for `parse_rules`.

    `looking`: what is still being written needs no reason yet, and a new one no name.
    """
    written_so_far = data
    if looking:
        data = _complete(data, named)
    if data.get("as") == "json":
        editor = Editor(JsonForm(data))
        valid = editor.form.is_valid()
    else:
        form = PolicyForm(data, groups=groups, named=named, held=held)
        editor = Editor(form, rows_sent(data, groups=groups))
        valid = all([form.is_valid(), *(_is_valid(editor, name) for name in editor.rows)])
    if valid:
        _read(editor, named, numbers)
    editor.form.data = written_so_far
    return editor


def with_more(data: QueryDict, name: str, *, named: str, groups: Sequence[str]) -> Editor:
    """With another row, and without judging what is still being written."""
    data = with_another_row(data, name)
    editor = Editor(PolicyForm(data, groups=groups, named=named), rows_sent(data, groups=groups))
    editor.form.errors.clear()
    for rows in editor.rows.values():
        for row in rows.forms:
            row.errors.clear()
    return editor


def _complete(data: QueryDict, named: str) -> QueryDict:
    data = data.copy()
    for name, otherwise in (("why", UNWRITTEN), ("name", named or UNWRITTEN)):
        if not data.get(name, "").strip():
            data[name] = otherwise
    return data


def written(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _read(editor: Editor, named: str, numbers: Mapping[str, str]) -> None:
    lists = {name: rows.entered() for name, rows in editor.rows.items()}
    form = editor.form
    facts = {**form.entered(), **lists} if isinstance(form, PolicyForm) else form.cleaned_data["document"]
    try:
        rules = parse_rules(facts, numbers=numbers)
    except Invalid as invalid:
        _add(editor, invalid.problems)
        return
    if problem := _name_problem(rules.name, named):
        _add(editor, {"name": problem})
    else:
        editor.rules = rules


def _add(editor: Editor, problems: Mapping[str, str]) -> None:
    for name, sentence in problems.items():
        if editor.as_json:
            editor.form.add_error("document", f"{name}: {sentence}")
        elif name in editor.form.fields:
            editor.form.add_error(name, sentence)
        else:
            editor.list_problems[name] = sentence


def _is_valid(editor: Editor, name: str) -> bool:
    rows = editor.rows[name]
    if told := " ".join(map(str, rows.non_form_errors())):
        editor.list_problems[name] = told
    return rows.is_valid()


def _name_problem(name: str, named: str) -> str:
    if named:
        return "" if name == named else f"The document is called {name}, not {named}."
    if name in RESERVED_NAMES:
        return f"A policy cannot be called {name}: that is the address of a page."
    held = PolicyVersion.objects.filter(policy__name=name, state=VersionState.ACTIVE).exclude(document={})
    return f"The name {name} is taken. Change the policy on its own page." if held.exists() else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which each name stands once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A field stands there twice.")
    return found
