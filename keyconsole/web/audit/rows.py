"""Audit entries as a page shows them: by day, with what each holds in short, and links to what it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from django.contrib.auth.models import User

from keyconsole.audit.models import Entry
from keyconsole.web.audit.links import Link, Links
from keyconsole.web.changes.timeline import readable

# A page stays small: the rest is on the entry's own page and in exports.
_TEXT_AT_MOST, _TOLD_AT_MOST = 80, 240


@dataclass(frozen=True, slots=True)
class EntryRow:
    entry: Entry
    facts: tuple[tuple[str, str], ...]
    actor: Link | None = None
    subject: Link | None = None
    key: Link | None = None
    links: tuple[Link, ...] = ()
    told: str = ""
    is_cut: bool = False

    @property
    def at(self) -> datetime:
        return self.entry.at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    rows: Sequence[EntryRow]


def fact_rows(entries: Iterable[Entry]) -> list[EntryRow]:
    """Without links."""
    return [EntryRow(entry, tuple(readable(entry.data))) for entry in entries]


def entry_days(entries: Sequence[Entry], *, reader: User, whole: bool = False) -> list[Day]:
    """`whole`: nothing is shortened."""
    links = Links(entries, reader=reader)
    rows = [_row(entry, links, whole=whole) for entry in entries]
    return [Day(day, list(found)) for day, found in groupby(rows, key=lambda row: row.at.date())]


def _row(entry: Entry, links: Links, *, whole: bool) -> EntryRow:
    facts = tuple(readable(entry.data))
    told = "\n".join(f"{name}: {text}" for name, text in facts)
    short = "\n".join(_shortened(facts))[:_TOLD_AT_MOST]
    actor, subject, key = links.actor(entry), links.subject(entry), links.key_of(entry)
    return EntryRow(
        entry,
        facts,
        actor=actor,
        subject=subject,
        key=key if key != subject else None,
        links=tuple(link for link in links.of(entry) if link not in {actor, subject, key}),
        told="\n".join(filter(None, [told if whole else short, _identity(entry, whole=whole)])),
        is_cut=not whole and short != told,
    )


def _shortened(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in facts:
        shown = text if len(text) <= _TEXT_AT_MOST else f"{text[: _TEXT_AT_MOST - 1]}…"
        yield f"{name}: {shown}"


def _identity(entry: Entry, *, whole: bool) -> str:
    """Its hash; by itself also the whole names that a line may have cut, and the hash before."""
    sha256 = f"SHA-256: {entry.sha256}"
    if not whole:
        return sha256
    return f"about: {entry.subject}\nby: {entry.actor}\n{sha256}\nentry before: {entry.previous}"
