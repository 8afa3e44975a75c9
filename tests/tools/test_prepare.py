"""Setting up: what is installed follows pyproject.toml, and only finished work counts as done."""

from __future__ import annotations

import tomllib
from subprocess import CompletedProcess

import pytest

from tools import prepare
from tools.children import ROOT


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder with a virtual environment that only looks like one."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(prepare, "PYTHON", python)
    return tmp_path


def finish(purpose):
    prepare.stamp(purpose).write_text(prepare.fingerprint(purpose), encoding="utf-8")


def test_an_environment_without_its_stamp_is_not_ready(project):
    assert not prepare.is_ready("demo")
    finish("demo")
    assert prepare.is_ready("demo")


def test_what_was_set_up_for_the_tests_serves_the_demo_but_not_the_other_way_round(project):
    finish("demo")
    assert not prepare.is_ready("test")
    prepare.stamp("demo").unlink()
    finish("test")
    assert prepare.is_ready("demo")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_dependency_is_installed_again(project, name):
    finish("demo")
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    assert not prepare.is_ready("demo")


def test_an_installation_that_fails_leaves_no_stamp(project, monkeypatch):
    finish("demo")
    (project / "constraints.txt").write_text("changed", encoding="utf-8")
    monkeypatch.setattr(prepare, "make_venv", lambda: None)
    failed = CompletedProcess([], 1, stdout="no such package")
    monkeypatch.setattr(prepare, "run", lambda _command: failed)
    with pytest.raises(SystemExit, match="could not be installed"):
        prepare.prepare("demo")
    assert not prepare.stamp("demo").exists()


def test_the_demo_installs_no_tools_of_developers():
    optional = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert set(optional["sandbox"]) <= set(prepare.requirements("demo"))
    assert not set(optional["dev"]) & set(prepare.requirements("demo"))
    assert set(optional["dev"]) <= set(prepare.requirements("test"))
