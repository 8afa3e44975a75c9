"""Migrations that a release has shipped stay as they are: from then on they are only added.

`sha256sum -c tests/upgrades/migrations.sha256` says the same. A release adds its new ones to the list.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tests.architecture.sources import ROOT

LIST = Path(__file__).parent / "migrations.sha256"
SHIPPED = dict(line.split()[::-1] for line in LIST.read_text(encoding="utf-8").splitlines())


def test_what_was_shipped_is_as_it_was():
    now = {name: sha256((ROOT / name).read_bytes()).hexdigest() for name in SHIPPED}
    assert now == SHIPPED


def test_every_app_that_was_shipped_begins_with_its_first_migration():
    apps = {name.partition("/migrations/")[0] for name in SHIPPED}
    first = {name.partition("/migrations/")[0] for name in SHIPPED if "/migrations/0001_" in name}
    assert first == apps
    assert len(first) == 8
