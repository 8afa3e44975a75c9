"""The record in the database, held against its own bytes, its tree and what was signed of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from keyconsole.audit.models import Entry
from keyconsole.audit.verifier import Checkpoint, Entries, Findings, check, leaf_hash

_TOLD = ("event", "actor", "subject", "account_id", "previous")
_COLUMNS = ("number", "leaf", "material", "at", "data", "sha256", *_TOLD)
Columns = dict[str, Any]


def first_broken_entry() -> int | None:
    """The number of the first entry that was changed, removed or inserted; None while each follows."""
    found = check_record()
    return found.intact_up_to + 1 if found.breaks else None


def check_record(
    known: Iterable[Checkpoint] = (), stored: Callable[[int], bytes | None] = lambda _: None
) -> Findings:
    """Every entry, from the first to the last. Also that what pages show is what was written."""
    untrue: list[int] = []
    found = check(_read(untrue), known, stored)
    for number in untrue:
        found.add(number - 1, f"Entry {number}: what pages show of it is not what was written.")
    if untrue:
        found.intact_up_to = min(found.intact_up_to, untrue[0] - 1)
    return found


def _read(untrue: list[int]) -> Entries:
    rows = Entry.objects.order_by("number").values(*_COLUMNS)
    for row in rows.iterator(chunk_size=1000):
        leaf, material = bytes(row["leaf"]), row["material"]
        material = None if material is None else bytes(material)
        if not _shows_what_was_written(row, leaf, material):
            untrue.append(row["number"])
        yield row["number"], leaf, material


def _shows_what_was_written(row: Columns, leaf: bytes, material: bytes | None) -> bool:
    try:
        entry = json.loads(leaf)
        data = entry["data"] if material is None else json.loads(material)
        at = datetime.fromisoformat(entry["at"])
        told = all(row[name] == entry[name] for name in _TOLD)
    except (ValueError, KeyError, TypeError):
        return True  # damaged, which is said of it elsewhere
    digest = entry.get("sha256") or leaf_hash(leaf).hex()
    return told and row["data"] == data and row["at"] == at and row["sha256"] == digest
