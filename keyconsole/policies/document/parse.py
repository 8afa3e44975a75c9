"""From JSON to the fields of a policy's document: shapes and types, nothing about what they mean. Pure.

Nothing is guessed: an unknown field, a wrong type or a missing one is a sentence beside its field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from keyconsole.policies.document.parts import Rule, Runs, Selector, Span, Window
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.validate import problems
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Invalid
from keyconsole.text import has_control_characters

MOST_ENTRIES = 200
LONGEST_TEXT = 500


class Malformed(Exception):  # noqa: N818 - becomes the sentence beside its field
    pass


def parse_rules(facts: object) -> Rules:
    """What a person wrote. Raises Invalid, with a sentence for each part that cannot stand."""
    rules = stored_rules(facts)
    if found := problems(rules):
        raise Invalid(found)
    return rules


def stored_rules(facts: object) -> Rules:
    """What was accepted once. Raises Invalid where the shape is wrong; its values were checked then."""
    return Rules(**_fields_of(facts))


def _fields_of(facts: object) -> dict[str, Any]:
    if not isinstance(facts, Mapping):
        raise Invalid({"document": "A policy is one JSON object."})
    found = {str(name)[:60]: f"There is no field {str(name)[:60]!r}." for name in facts if name not in _READ}
    fields: dict[str, Any] = {}
    for name, read in _READ.items():
        if name in facts:
            try:
                fields[name] = read(facts[name])
            except Malformed as malformed:
                found[name] = str(malformed)
        elif name in _REQUIRED:
            found[name] = "This field is needed."
    if found:
        raise Invalid(found)
    return fields


def text(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed(f"This has to be text, not {_kind(value)}.")
    cleaned = unicodedata.normalize("NFC", value).strip()
    if len(cleaned) > LONGEST_TEXT:
        raise Malformed(f"At most {LONGEST_TEXT:,} characters; these are {len(cleaned):,}.")
    if has_control_characters(cleaned):
        raise Malformed("Control characters and invisible marks cannot stand here.")
    return cleaned


def whole_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"This has to be a whole number, not {_kind(value)}.")
    return value


def texts(value: object) -> tuple[str, ...]:
    entries = tuple(text(entry) for entry in _list(value))
    if "" in entries:
        raise Malformed("An entry is empty.")
    if len(set(entries)) < len(entries):
        raise Malformed("An entry stands there twice.")
    return entries


def _requirements(value: object) -> tuple[Requirement, ...]:
    return tuple(_requirement(entry) for entry in _list(value))


def _requirement(value: object) -> Requirement:
    facts = _object(value, {"group", "at_least"}, needed={"at_least"})
    group = facts.get("group", "")
    if group and not text(group):
        raise Malformed("A group's name is empty.")
    return Requirement(group=text(group), at_least=whole_number(facts["at_least"]))


def _selector(value: object) -> Selector:
    facts = _object(value, {"accounts", "units", "tags", "aliases", "from_regions", "to_regions"})
    lists = {name: texts(entry) for name, entry in facts.items() if name != "tags"}
    return Selector(tags=_tags(facts.get("tags", {})), **lists)


def _tags(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise Malformed(f"Tags have to be an object of names and patterns, not {_kind(value)}.")
    if len(value) > MOST_ENTRIES:
        raise Malformed(f"At most {MOST_ENTRIES} entries; these are {len(value):,}.")
    return {text(name): text(pattern) for name, pattern in sorted(value.items())}


def _windows(value: object) -> tuple[Window, ...]:
    return tuple(_window(entry) for entry in _list(value))


def _window(value: object) -> Window:
    times = {"days", "start", "end", "time_zone"}
    facts = _object(value, times | {"active"}, needed=times)
    active = facts.get("active", True)
    if not isinstance(active, bool):
        raise Malformed(f"`active` has to be true or false, not {_kind(active)}.")
    words = {name: text(facts[name]) for name in ("start", "end", "time_zone")}
    return Window(days=texts(facts["days"]), active=active, **words)


def _spans(value: object) -> tuple[Span, ...]:
    return tuple(_span(entry) for entry in _list(value))


def _span(value: object) -> Span:
    names = {"from_at", "to_at", "why"}
    facts = _object(value, names, needed=names)
    return Span(_moment(facts["from_at"]), _moment(facts["to_at"]), text(facts["why"]))


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        raise Malformed("A moment is written 2026-12-24T18:00:00+00:00.") from None
    if moment.utcoffset() is None:
        raise Malformed("A moment needs its offset from UTC: 2026-12-24T18:00:00+00:00.")
    return moment


def _rule(value: object) -> Rule:
    if value not in list(Rule):
        raise Malformed(f"Choose one of: {', '.join(Rule)}.")
    return Rule(str(value))


def _runs(value: object) -> Runs:
    if value not in list(Runs):
        raise Malformed(f"Choose one of: {', '.join(Runs)}.")
    return Runs(str(value))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(f"This has to be a list, not {_kind(value)}.")
    if len(value) > MOST_ENTRIES:
        raise Malformed(f"At most {MOST_ENTRIES} entries; these are {len(value):,}.")
    return value


def _object(
    value: object, names: AbstractSet[str], *, needed: AbstractSet[str] = frozenset()
) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed(f"This has to be an object, not {_kind(value)}.")
    for name in value:
        if name not in names:
            raise Malformed(f"There is no field {str(name)[:60]!r} here.")
    for name in sorted(needed - set(value)):
        raise Malformed(f"The field {name!r} is missing.")
    return dict(value)


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return kinds.get(type(value), "an object" if isinstance(value, Mapping) else "nothing")


_REQUIRED = {"name", "rule"}
_READ: dict[str, Callable[[object], Any]] = {
    "name": text,
    "applies_to": _selector,
    "rule": _rule,
    "requirements": _requirements,
    "allowed_regions": texts,
    "ticket_pattern": text,
    "reason_at_least": whole_number,
    "request_lives_hours": whole_number,
    "approval_lives_hours": whole_number,
    "windows": _windows,
    "freezes": _spans,
    "runs": _runs,
    "emergency_group": text,
    "review_within_hours": whole_number,
    "frozen": text,
}
