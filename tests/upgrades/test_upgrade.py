"""A filled database of each release is upgraded to today's program, on both databases, and goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection

from tests.architecture.sources import ROOT
from tests.patience import PATIENCE
from tests.upgrades.filled import read

RELEASES = sorted(Path(__file__).parent.glob("*.json.gz"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'upgraded.sqlite3'}"
        return
    name = f"upgraded_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        facts = connection.settings_dict
        yield f"postgres://{facts['USER']}@{quote(str(facts['HOST']), safe='')}/{name}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_a_filled_database_of_an_earlier_release_goes_on(release: Path, empty_database: str):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    upgraded = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.upgrades.upgrade_process", str(release)],
        cwd=ROOT,
        env=kept | {"KEYCONSOLE_DATABASE_URL": empty_database},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert upgraded.returncode == 0, upgraded.stderr
    found, rows = json.loads(upgraded.stdout), read(release)["rows"]
    assert set(found["statuses"].values()) == {200}
    assert found["changes"] == len(rows["changes.Change"]) > 20
    assert found["entries"] == len(rows["audit.Entry"]) > 500
    assert found["first_broken"] is None
    refused = found["goes_on"].pop("refused")
    assert refused.startswith("audit_entry is written once")
    assert found["goes_on"] == {"carried": True, "first_broken": None}
    # Stored with the accounts' names: they mean the numbers of then, and nothing was written anew.
    assert found["policies"] == {
        "payments": [["111122223333"], []],
        "research": [["222233334444"], []],
        "archive": [["333344445555"], []],
    }
    assert found["hashes"]
    assert found["memberships"] == memberships_in(rows)
    assert found["due"] == len([each for each in rows["changes.Change"] if each["due_at"]])


def memberships_in(rows: dict[str, list[dict[str, Any]]]) -> list[list[str]]:
    """Who was in which group, and by whom and since when as the record of then has it."""
    people = {each["id"]: each["username"] for each in rows["auth.User"]}
    groups = {each["id"]: each["name"] for each in rows["auth.Group"]}
    joined = {
        (each["subject"], each["data"]["group"]): [each["actor"], each["at"]]
        for each in rows["audit.Entry"]
        if each["event"] == "group.joined"
    }
    held = [(people[each["user_id"]], groups[each["group_id"]]) for each in rows["auth.User_groups"]]
    assert len(held) == 3
    return [[*names, "", *joined[names]] for names in held]


def test_every_release_has_its_filled_database():
    assert [path.name for path in RELEASES] == ["0.1.0.json.gz"]
