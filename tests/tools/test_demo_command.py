"""The command that the demo leaves for people: its own settings, nobody else's, in any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from keyconsole.demo.launch.environment import write_command
from keyconsole.demo.launch.ports import free_port
from tests.packaging.installation import environment, running, wait_for_text
from tools.children import ROOT

SETTINGS = {"KEYCONSOLE_DATA_DIR": "/a folder/it's $HOME", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
PRINT_ALL = [
    sys.executable,
    "-c",
    "import os, sys; print(sys.argv[1:]); print(*os.environ.items(), sep='\\n')",
]


@pytest.fixture
def told(tmp_path: Path) -> list[str]:
    """What a program that is called so sees: its arguments, then its environment."""
    file = tmp_path / "it's a command"
    write_command(file, PRINT_ALL, SETTINGS)
    theirs = {
        "AWS_PROFILE": "production",
        "KEYCONSOLE_DATABASE_URL_FILE": "/secrets/production",
        "DJANGO_SETTINGS_MODULE": "theirs",
        "KEYCONSOLE_PASSWORD": "typed for add_person",
        "KEYCONSOLE_TOKEN_FILE": "of a pipeline",
        "SEVERAL_LINES": "one\nAWS_TWO=2\n",
    }
    done = subprocess.run(
        [file, "change", "list", "two words"],
        cwd=tmp_path,
        env=environment(**theirs),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_it_passes_on_what_is_typed(told):
    assert told[0] == "['change', 'list', 'two words']"


def test_it_sets_what_the_demo_has_to_the_letter(told):
    assert set(map(str, SETTINGS.items())) <= set(told)


def test_it_drops_what_leads_elsewhere_but_a_proof_for_the_command(told):
    names = {line.split("'")[1] for line in told[1:] if line.startswith("('")}
    assert {name for name in names if name.startswith(("AWS_", "KEYCONSOLE_", "DJANGO_"))} == {
        *SETTINGS,
        "KEYCONSOLE_PASSWORD",
        "KEYCONSOLE_TOKEN_FILE",
    }
    assert "SEVERAL_LINES" in names


def test_only_its_owner_reads_it(tmp_path):
    write_command(tmp_path / "command", PRINT_ALL, SETTINGS)
    assert (tmp_path / "command").stat().st_mode & 0o777 == 0o700


@pytest.mark.processes
def test_the_line_that_make_demo_prints_works_when_copied(tmp_path):
    command = (
        sys.executable,
        "-m",
        "tools.demo",
        "--port",
        str(free_port()),
        "--folder",
        str(tmp_path / "demo"),
    )
    with running(command, ROOT, tmp_path / "demo.log", environment()):
        welcome = wait_for_text(tmp_path / "demo.log", "Ctrl-C ends everything.")
        [line] = [line.strip() for line in welcome.splitlines() if line.endswith(" change list")]
        listed = subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=tmp_path,
            env=environment(AWS_PROFILE="production"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "pending" in listed.stdout


def test_what_make_calls_needs_the_standard_library_alone():
    names = "tools.demo, tools.prepare, tools.verify, tools.browser"
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import {names}"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
