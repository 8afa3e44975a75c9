"""What the fields of stored documents were called before, and which of them are gone. Pure.

A document that was accepted once is never written anew: its hash was agreed to, and changes carry it. So
whoever renames or retires a field raises `SCHEMA` by one and says here what became of the fields before.

Retire only a field without which nothing that waits could run sooner, or with fewer people, than it was asked
for. One that did more is left out here: readers then do not understand it, and what waits under it has to be
asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keyconsole.policies.document.rules import SCHEMA


@dataclass(frozen=True, slots=True)
class Step:
    """From one schema to the next. A field of a part is named with its part: `requirements.at_least`."""

    renamed: Mapping[str, str] = field(default_factory=dict)  # to its new name, without the part's
    retired: frozenset[str] = frozenset()


# By the schema that was left. The first documents carried none: it counts as 0, and its names are those of 1.
STEPS: dict[int, Step] = {0: Step()}


def in_present_names(document: Mapping[str, Any], *, schema: int) -> dict[str, Any]:
    """The document as it would be called today, without what was retired since its schema."""
    found = dict(document)
    for left in range(schema, SCHEMA):
        found = _stepped(found, STEPS[left], part="")
    return found


def _stepped(facts: Mapping[str, Any], step: Step, *, part: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entry in facts.items():
        path = f"{part}{name}"
        if path in step.retired:
            continue
        renamed = step.renamed.get(path, name)
        # Where both names stand there nobody knows which one holds: the old one stays, and is not understood.
        found[name if renamed in facts else renamed] = _part_stepped(entry, step, part=f"{path}.")
    return found


def _part_stepped(entry: object, step: Step, *, part: str) -> object:
    """Parts are objects or lists of them, and no part has parts."""
    if part.count(".") > 1:
        return entry
    if isinstance(entry, Mapping):
        return _stepped(entry, step, part=part)
    if isinstance(entry, list):
        return [_stepped(each, step, part=part) if isinstance(each, Mapping) else each for each in entry]
    return entry
