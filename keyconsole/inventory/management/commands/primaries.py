"""`manage.py primaries [--as-of MOMENT] [--moved-since MOMENT] [--key KEY] [--account ACCOUNT] [--format …]`.

Which Region was the primary of each key at a moment and what that rests on, or what moved between two.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.export import csv_lines, json_lines, jsonl_lines
from keyconsole.audit.log import record
from keyconsole.aws_accounts.terminal import account_called
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.inventory.report import MOVE_COLUMNS, PRIMARY_COLUMNS, move_values, primary_values
from keyconsole.terminal import who_types

_PRIMARY_TABLE: tuple[str, ...] = ("account", "alias", "key_id", "primary_region", "or_region", "rests_on")
_MOVE_TABLE: tuple[str, ...] = (
    "account",
    "alias",
    "key_id",
    "from_region",
    "to_region",
    "change",
    "not_before",
    "at",
)


class Command(BaseCommand):
    help = (
        "Which Region was primary for each key at a moment, and what that rests on; or what moved between "
        "two moments. A file (csv, json, jsonl) is recorded as an export. Exit status: 0 done, 2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        when = "2026-05-01 for the end of that day, or 2026-05-01T10:30, in UTC"
        parser.add_argument("--as-of", type=_moment, metavar="MOMENT", help=f"{when}; without it: now")
        parser.add_argument(
            "--moved-since", type=_since, metavar="MOMENT", help="list what moved from then to --as-of"
        )
        parser.add_argument("--key", default="", help="id, alias or ARN of one key")
        parser.add_argument("--account", default="", help="number or name of one AWS account")
        parser.add_argument("--format", choices=["table", "csv", "json", "jsonl"], default="table")

    def handle(self, *_: object, key: str, account: str, **options: Any) -> None:
        now = timezone.now()
        until, since = min(options["as_of"] or now, now), options["moved_since"]
        if since and since > until:
            raise CommandError("--moved-since is after --as-of.", returncode=2)
        keys = _keys(key.strip(), account.strip())
        rows: Iterable[Mapping[str, Any]]
        columns: tuple[str, ...]
        if since:
            rows, columns, table = move_values(keys, since=since, until=until), MOVE_COLUMNS, _MOVE_TABLE
        else:
            rows, columns, table = primary_values(keys, until), PRIMARY_COLUMNS, _PRIMARY_TABLE
        if options["format"] == "table":
            self._table(rows, table)
            return
        _record_export(options["format"], since=since, until=until, count=keys.count(), now=now)
        for line in _lines(options["format"], columns, rows):
            self.stdout.write(line, ending="")

    def _table(self, rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...]) -> None:
        cells = [columns, *([str(row[column]) or "-" for column in columns] for row in rows)]
        widths = [max(len(line[number]) for line in cells) for number in range(len(columns))]
        for line in cells:
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.stdout.write("  ".join(padded).rstrip())


def _keys(name: str, account: str) -> QuerySet[MultiRegionKey]:
    keys = MultiRegionKey.objects.all()
    if account:
        keys = keys.filter(account=account_called(account))
    if not name:
        return keys
    if name.startswith("arn:"):
        parts = name.split(":", 5)
        keys, name = keys.filter(account__account_id=parts[4] if len(parts) == 6 else ""), parts[-1]
        name = name.removeprefix("key/")
    keys = keys.filter(alias=name) if name.startswith("alias/") else keys.filter(key_id=name)
    if not name.isprintable() or not keys.exists():
        raise CommandError(f"There is no key {name[:80]!r}.", returncode=2)
    return keys


def _record_export(fmt: str, *, since: datetime | None, until: datetime, count: int, now: datetime) -> None:
    data = {"what": "moves" if since else "primaries", "format": fmt, "until": until.isoformat()}
    data |= {"since": since.isoformat()} if since else {}
    with transaction.atomic():
        record(
            Event.AUDIT_EXPORTED,
            actor=who_types(),
            subject="audit",
            now=now,
            data={**data, "keys": count},
        )


def _lines(fmt: str, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    if fmt == "csv":
        return csv_lines(columns, rows)
    return json_lines(rows) if fmt == "json" else jsonl_lines(rows)


def _moment(text: str) -> datetime:
    return _read(text, time.max)


def _since(text: str) -> datetime:
    return _read(text, time.min)


def _read(text: str, of_a_day: time) -> datetime:
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), of_a_day, tzinfo=UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text[:40]!r} is no moment such as 2026-05-01 or 2026-05-01T10:30"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
