"""From JSON to the fields of a policy's document: shapes and types, nothing about what they mean. Pure.

What a person writes is read strictly: an unknown field, a wrong type or a missing one is a sentence beside
its field. What was stored once is read by whatever came after it, and never refused: `stored_rules` says how.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from keyconsole.policies.document.account_names import name_problems
from keyconsole.policies.document.parts import Rule, Runs, Selector, Span, Window
from keyconsole.policies.document.past_fields import in_present_names
from keyconsole.policies.document.rules import SCHEMA, Rules
from keyconsole.policies.document.validate import problems
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Invalid
from keyconsole.text import has_control_characters

MOST_ENTRIES = 200
LONGEST_TEXT = 500


class Malformed(Exception):  # noqa: N818 - becomes the sentence beside its field
    pass


def parse_rules(facts: object, *, numbers: Mapping[str, str] | None = None) -> Rules:
    """What a person wrote. Raises Invalid, with a sentence for each part that cannot stand.

    `numbers`: of the accounts that the person may see, by name; to say which number a name should have been.
    """
    rules = Rules(**_fields_of(facts))
    found = problems(rules)
    if told := " ".join(name_problems(rules, numbers or {})):
        found["applies_to"] = " ".join(filter(None, (found.get("applies_to"), told)))
    if found:
        raise Invalid(found)
    return rules


def stored_rules(facts: object) -> Rules:
    """What was accepted once, by this version or another. Never raises; its values were checked then.

    A field that was renamed is read by its present name, a retired one is left out, a missing one has its
    default. What nobody here understands (a field or a schema of a later version, a value that cannot be
    read) is left out too, and named in `unread`. Of what is closed it decides nothing any more: its page
    shows what can be read, and says that there is more. Of what is open it could be the very field that asks
    for another person. So whoever decides by rules looks at `unread` first: nothing is asked for, approved or
    run under rules that hold any, and policies are changed at the terminal only while one of them does.
    """
    if not isinstance(facts, Mapping):
        return Rules(**_STRICTEST, unread=("the document",))
    schema, unread = _schema_of(facts)
    known = _understood(in_present_names(facts, schema=schema), unread)
    fields: dict[str, Any] = {}
    for name, read in _READ.items():
        if name in known:
            try:
                fields[name] = read(known[name])
            except Malformed:
                unread.append(name)
        elif name in _REQUIRED:
            unread.append(name)
    return Rules(**{**_STRICTEST, **fields}, unread=tuple(dict.fromkeys(unread)))


def _schema_of(facts: Mapping[str, Any]) -> tuple[int, list[str]]:
    """The first documents named none. A later schema than ours is read as far as its names are ours."""
    schema = facts.get("schema", 0)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 0:
        return SCHEMA, ["schema"]
    return (schema, []) if schema <= SCHEMA else (SCHEMA, [f"schema {schema}"])


def _understood(document: Mapping[str, Any], unread: list[str]) -> dict[str, Any]:
    """The fields that somebody here reads, also within parts; the others are noted in `unread`."""
    fields = _known(document, {"schema", *_READ}, unread)
    for part, names in _PARTS.items():
        entry = fields.get(part)
        if isinstance(entry, Mapping):
            fields[part] = _known(entry, names, unread, part=part)
        elif isinstance(entry, list):
            fields[part] = [
                _known(each, names, unread, part=part) if isinstance(each, Mapping) else each
                for each in entry
            ]
    return fields


def _known(
    facts: Mapping[str, Any], names: AbstractSet[str], unread: list[str], *, part: str = ""
) -> dict[str, Any]:
    unread += [f"{part}.{name}"[:60] if part else str(name)[:60] for name in facts if name not in names]
    return {name: entry for name, entry in facts.items() if name in names}


def _fields_of(facts: object) -> dict[str, Any]:
    if not isinstance(facts, Mapping):
        raise Invalid({"document": "A policy is one JSON object."})
    known = {"schema", *_READ}
    found = {str(name)[:60]: f"There is no field {str(name)[:60]!r}." for name in facts if name not in known}
    if _schema_of({"schema": SCHEMA, **facts}) != (SCHEMA, []):
        found["schema"] = f"This version of KeyConsole writes schema {SCHEMA}: write that, or leave it out."
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


def yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed(f"This has to be true or false, not {_kind(value)}.")
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
    facts = _object(value, _PARTS["requirements"], needed={"at_least"})
    group = facts.get("group", "")
    if group and not text(group):
        raise Malformed("A group's name is empty.")
    return Requirement(group=text(group), at_least=whole_number(facts["at_least"]))


def _selector(value: object) -> Selector:
    facts = _object(value, _PARTS["applies_to"])
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
    facts = _object(value, _PARTS["windows"], needed=_PARTS["windows"] - {"active"})
    active = facts.get("active", True)
    if not isinstance(active, bool):
        raise Malformed(f"`active` has to be true or false, not {_kind(active)}.")
    words = {name: text(facts[name]) for name in ("start", "end", "time_zone")}
    return Window(days=texts(facts["days"]), active=active, **words)


def _spans(value: object) -> tuple[Span, ...]:
    return tuple(_span(entry) for entry in _list(value))


def _span(value: object) -> Span:
    facts = _object(value, _PARTS["freezes"], needed=_PARTS["freezes"])
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


# The names within each part.
_PARTS: dict[str, frozenset[str]] = {
    "applies_to": frozenset({"accounts", "units", "tags", "aliases", "from_regions", "to_regions"}),
    "requirements": frozenset({"group", "at_least"}),
    "windows": frozenset({"days", "start", "end", "time_zone", "active"}),
    "freezes": frozenset({"from_at", "to_at", "why"}),
}
_REQUIRED = {"name", "rule"}
# What stands for a required field of a stored document that is not there.
_STRICTEST: dict[str, Any] = {"name": "", "rule": Rule.APPROVE}
_READ: dict[str, Callable[[object], Any]] = {
    "name": text,
    "applies_to": _selector,
    "rule": _rule,
    "requirements": _requirements,
    "second_factor": yes_or_no,
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
