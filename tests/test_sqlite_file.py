"""The database of a small team is a file, and nobody else on the host may read it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from keyconsole.sqlite_file import PrivateFile
from tests.architecture.sources import ROOT

SCRIPT = """
import os; os.umask(0o000)
from django.core.management import execute_from_command_line, call_command
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
from django.db import connection
from django.contrib.auth.models import User
User.objects.create(username="ana")
import pathlib
print(*sorted(f"{p.name}={p.stat().st_mode & 0o777:o}" for p in pathlib.Path(FOLDER).iterdir()))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_product_makes_its_files_for_itself_alone(tmp_path: Path) -> None:
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("KEYCONSOLE_")},
        "DJANGO_SETTINGS_MODULE": "keyconsole.settings",
        "KEYCONSOLE_SECRET_KEY": "x" * 50,
        "KEYCONSOLE_DATABASE_URL": f"sqlite:///{tmp_path / 'k.sqlite3'}",
        "KEYCONSOLE_DEMO": "1",
    }
    script = SCRIPT.replace("FOLDER", repr(str(tmp_path)))
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["k.sqlite3-shm=600", "k.sqlite3-wal=600", "k.sqlite3=600"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_new_file_is_private_from_its_first_moment(tmp_path: Path, umask: int) -> None:
    old = os.umask(umask)
    try:
        PrivateFile(str(tmp_path / "new.sqlite3")).close()
    finally:
        os.umask(old)
    assert mode(tmp_path / "new.sqlite3") == 0o600


def test_a_file_that_is_there_keeps_what_its_owner_chose(tmp_path: Path) -> None:
    there = tmp_path / "there.sqlite3"
    there.touch()
    there.chmod(0o640)
    PrivateFile(str(there)).close()
    assert mode(there) == 0o640


@pytest.mark.parametrize("name", [":memory:", "", "file:kept?mode=memory&cache=shared"])
def test_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    PrivateFile(name, uri=True).close()
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_a_file_makes_a_private_one_too(tmp_path: Path) -> None:
    PrivateFile(f"file:{tmp_path}/a%20b.sqlite3?cache=private", uri=True).close()
    assert mode(tmp_path / "a b.sqlite3") == 0o600


def test_a_folder_that_is_not_there_is_told_by_the_database(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open database file"):
        PrivateFile(str(tmp_path / "no" / "k.sqlite3"))
