"""`manage.py primaries`: the same answers at the terminal, and each file is recorded."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry
from keyconsole.inventory.models import Cause
from keyconsole.inventory.periods import record_primary
from tests.cast import CARD_VAULT, Inventory

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
MOVED_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("primaries", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def moved(inventory: Inventory) -> Inventory:
    record_primary(
        inventory.card_vault, region="eu-west-1", at=MOVED_AT, cause=Cause.CHANGE, change_ref="CR-7"
    )
    return inventory


def test_a_table_of_now_names_every_key_and_is_no_export(moved: Inventory) -> None:
    lines = run().splitlines()
    assert lines[0].split()[:3] == ["account", "alias", "key_id"]
    assert len(lines) == 5
    assert any(
        "card-vault" in line and "eu-west-1" in line and "Moved there by CR-7" in line for line in lines
    )
    assert not Entry.objects.exists()


def test_as_of_a_day_is_its_end_and_a_time_is_exact(moved: Inventory) -> None:
    for moment, region in (
        ("2026-11-23", "us-east-1"),
        ("2026-11-24", "eu-west-1"),
        ("2026-11-24T08:59:59", "us-east-1"),
        ("2026-11-24T09:00:00+00:00", "eu-west-1"),
        ("2020-01-01", "unknown"),
    ):
        [row] = json.loads(run("--as-of", moment, "--key", CARD_VAULT, "--format", "json"))
        assert row["primary_region"] == region, moment


@pytest.mark.parametrize("fmt", ["csv", "json", "jsonl"])
def test_what_moved_between_two_moments_in_every_format_and_on_the_record(moved: Inventory, fmt: str) -> None:
    text = run("--moved-since", "2026-11-24", "--as-of", "2026-12-31", "--format", fmt)
    if fmt == "csv":
        rows: list[dict[str, Any]] = list(csv.DictReader(StringIO(text)))
    else:
        rows = json.loads(text) if fmt == "json" else [json.loads(line) for line in text.splitlines()]
    [row] = rows
    assert (row["from_region"], row["to_region"], row["change"]) == ("us-east-1", "eu-west-1", "CR-7")
    entry = Entry.objects.get(event="audit.exported")
    assert (entry.data["what"], entry.data["format"], entry.data["keys"]) == ("moves", fmt, 4)
    assert entry.actor.startswith("the terminal of ")


@pytest.mark.parametrize(
    "name",
    [
        CARD_VAULT,
        "alias/card-vault",
        f"arn:aws:kms:us-east-1:111122223333:key/{CARD_VAULT}",
        "arn:aws:kms:us-east-1:111122223333:alias/card-vault",
    ],
)
def test_a_key_by_each_of_its_names(moved: Inventory, name: str) -> None:
    assert len(run("--key", name, "--account", "payments").splitlines()) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as-of", "soon"),
        ("--as-of", "2026-13-01"),
        ("--key", "mrk-none"),
        ("--key", "arn:aws:kms"),
        ("--key", "a\0b"),
        ("--account", "nobody"),
        ("--moved-since", "2026-11-25", "--as-of", "2026-11-01"),
    ],
)
def test_what_cannot_be_meant_is_refused(moved: Inventory, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
    assert not Entry.objects.exists()
