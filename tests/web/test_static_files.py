"""Static files: the first collection is whole, later ones bring it up to date, and without any pages work."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from keyconsole.web import static_files
from keyconsole.web.static_files import StaticFiles, are_collected, collect_static_files

HASHED = re.compile(r"/static/keyconsole\.[0-9a-f]{12}\.css")


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """Where files are collected; it is not there yet. Only our own files, which compress in no time."""
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "staticfiles"
    return tmp_path / "staticfiles"


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that files were collected."""
    made: list[str] = []

    def collect(name: str, **options: Any) -> None:
        made.append(name)
        call_command(name, **options)

    monkeypatch.setattr(static_files, "call_command", collect)
    return made


def test_the_very_first_collection_writes_its_manifest(root: Path) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (root / "staticfiles.json").is_file()
    assert HASHED.fullmatch(StaticFiles().url("keyconsole.css"))
    assert are_collected()


@pytest.mark.django_db
def test_what_was_not_collected_is_served_from_where_it_is(root: Path, anonymous: Client) -> None:
    assert StaticFiles().url("keyconsole.css") == "/static/keyconsole.css"
    page = anonymous.get("/sign-in/").content.decode()
    assert 'href="/static/keyconsole.css"' in page
    answer = anonymous.get("/static/keyconsole.css")
    answer.close()
    assert answer.status_code == 200
    assert not root.exists()


def test_files_are_collected_once_and_again_when_one_has_changed(root: Path, collections: list[str]) -> None:
    collect_static_files()
    collect_static_files()
    assert len(collections) == 1
    style_sheet = root / "keyconsole.css"
    right = style_sheet.read_bytes()
    style_sheet.write_bytes(b"of another release")
    assert not are_collected()
    collect_static_files()
    assert len(collections) == 2
    assert style_sheet.read_bytes() == right


def test_a_release_that_is_put_back_replaces_files_that_are_newer(root: Path) -> None:
    collect_static_files()
    style_sheet = root / "keyconsole.css"
    style_sheet.write_bytes(b"of a later release")
    os.utime(style_sheet, (4_000_000_000, 4_000_000_000))
    collect_static_files()
    assert are_collected()


def test_hashed_files_of_the_release_before_stay_for_servers_that_still_run(root: Path) -> None:
    collect_static_files()
    before = root / "keyconsole.000000000000.css"
    before.touch()
    (root / "keyconsole.css").write_bytes(b"of the release before")
    collect_static_files()
    assert before.exists()


def test_a_manifest_that_a_crash_cut_off_counts_as_none(root: Path) -> None:
    collect_static_files()
    (root / "staticfiles.json").write_text('{"paths": {"keyc', encoding="utf-8")
    assert not are_collected()
    assert StaticFiles().url("keyconsole.css") == "/static/keyconsole.css"
    collect_static_files()
    assert are_collected()


def test_servers_that_start_together_collect_once(root: Path, collections: list[str]) -> None:
    together = threading.Barrier(4)

    def start() -> None:
        together.wait()
        collect_static_files()

    servers = [threading.Thread(target=start) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert len(collections) == 1
    assert are_collected()
