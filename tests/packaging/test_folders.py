"""Where data goes when nobody says where."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from keyconsole import folders
from keyconsole.environment import env_folder
from keyconsole.folders import default_data_dir, demo_dir
from tests.architecture.sources import ROOT

NAME = "KEYCONSOLE_DATA_DIR"


@pytest.fixture
def _from_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "IN_CHECKOUT", False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home-of-ana")


def test_a_checkout_keeps_its_data_itself() -> None:
    assert default_data_dir() == ROOT
    assert demo_dir(ROOT, 8000) == ROOT / ".demo" / "8000"


@pytest.mark.usefixtures("_from_a_wheel")
@pytest.mark.parametrize(
    ("platform", "folder"),
    [
        ("linux", "/home-of-ana/.local/share/keyconsole"),
        ("darwin", "/home-of-ana/Library/Application Support/keyconsole"),
    ],
)
def test_a_wheel_keeps_its_data_where_the_platform_keeps_a_users(
    platform: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert default_data_dir() == Path(folder)


@pytest.mark.usefixtures("_from_a_wheel")
def test_the_folder_that_xdg_names_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/share")
    assert default_data_dir() == Path("/share/keyconsole")


@pytest.mark.usefixtures("_from_a_wheel")
def test_the_demo_deletes_a_folder_of_its_own_alone(tmp_path: Path) -> None:
    assert demo_dir(tmp_path, 8000) == tmp_path / "demo" / "8000"


def test_a_named_folder_holds_and_is_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home-of-ana")
    for named, meant in (("data", Path.cwd() / "data"), ("~/data", Path("/home-of-ana/data"))):
        monkeypatch.setenv(NAME, named)
        assert env_folder(NAME, default_data_dir) == meant


def test_who_has_no_home_is_asked_to_name_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(NAME, raising=False)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must name a folder"):
        env_folder(NAME, no_home)
