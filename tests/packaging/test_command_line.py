"""`keyconsole` and `manage.py` are one way in: data folder, output that nobody reads, plain sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyconsole import __version__
from keyconsole.closed_output import STATUS, ends_quietly_when_nobody_reads
from keyconsole.command_line import take_data_dir
from keyconsole.demo.launch.ports import free_port
from tests.architecture.sources import ROOT
from tests.packaging.installation import SECRET_KEY, environment

# The same way in, under both of its names.
WAYS_IN = [["manage.py"], ["-m", "keyconsole"]]


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keyconsole", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False
    )


def run_into_closed_pipe(
    *arguments: str, stderr_too: bool = False, **settings: str
) -> subprocess.CompletedProcess[str]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(**settings),
            stdout=writing,
            stderr=writing if stderr_too else subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)


@pytest.mark.processes
@pytest.mark.parametrize("way_in", WAYS_IN, ids=" ".join)
@pytest.mark.parametrize("command", [["help"], ["scan", "--help"], ["diffsettings", "--all"], ["--version"]])
def test_a_command_whose_output_nobody_reads_ends_quietly(way_in: list[str], command: list[str]) -> None:
    ended = run_into_closed_pipe(*way_in, *command)
    assert ended.stderr == ""
    assert ended.returncode in {0, STATUS}


@pytest.mark.processes
def test_it_ends_quietly_as_well_where_each_write_goes_out_at_once() -> None:
    ended = run_into_closed_pipe("manage.py", "help", PYTHONUNBUFFERED="1")
    assert (ended.returncode, ended.stderr) == (STATUS, "")


@pytest.mark.processes
def test_a_refusal_keeps_its_own_status_and_its_sentence() -> None:
    refused = run_into_closed_pipe("manage.py", "no_such_command")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Unknown command: 'no_such_command'")
    assert run_into_closed_pipe("manage.py", "no_such_command", stderr_too=True).returncode == STATUS


@pytest.mark.processes
def test_piped_into_head_it_shows_its_first_line_and_nothing_else() -> None:
    piped = subprocess.run(  # noqa: S602  # a shell's own pipe
        f"'{sys.executable}' manage.py diffsettings --all | head -n 1",
        shell=True,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout.count("\n") == 1
    assert piped.stderr == ""


def test_a_connection_that_somebody_closed_is_no_reason_to_be_quiet() -> None:
    with pytest.raises(BrokenPipeError), ends_quietly_when_nobody_reads():
        raise BrokenPipeError


@pytest.mark.parametrize(
    ("typed", "left", "folder"),
    [
        (["scan", "--json"], ["scan", "--json"], None),
        (["--data-dir", "/data", "scan"], ["scan"], "/data"),
        (["scan", "--data-dir=/data", "--json"], ["scan", "--json"], "/data"),
        (["scan", "--data-dir", "/one", "--data-dir", "/two"], ["scan"], "/two"),
        (["comment", "--", "--data-dir", "/data"], ["comment", "--", "--data-dir", "/data"], None),
        (["scan", "--data-directory", "/data"], ["scan", "--data-directory", "/data"], None),
        (["scan", "--data-dir", "here"], ["scan"], str(Path.cwd() / "here")),
    ],
)
def test_the_data_folder_may_be_named_anywhere_on_the_line(
    typed: list[str], left: list[str], folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCONSOLE_DATA_DIR", "before")
    assert take_data_dir(["keyconsole", *typed]) == ["keyconsole", *left]
    assert os.environ["KEYCONSOLE_DATA_DIR"] == (folder or "before")


@pytest.mark.parametrize("typed", [["scan", "--data-dir"], ["--data-dir=", "scan"]])
def test_a_data_folder_without_a_name_is_refused(typed: list[str]) -> None:
    with pytest.raises(SystemExit, match="--data-dir needs a folder"):
        take_data_dir(["keyconsole", *typed])


@pytest.mark.processes
def test_a_setting_that_is_nonsense_is_told_in_one_sentence_and_in_full_when_asked() -> None:
    told = run("scan", KEYCONSOLE_IDLE_MINUTES="soon")
    assert (told.returncode, told.stderr) == (
        1,
        "KEYCONSOLE_IDLE_MINUTES must be a whole number, not 'soon'.\n",
    )
    assert "Traceback" in run("scan", "--traceback", KEYCONSOLE_IDLE_MINUTES="soon").stderr


@pytest.mark.processes
def test_a_database_without_tables_or_without_an_answer_is_told_in_a_sentence(tmp_path: Path) -> None:
    settings = {"KEYCONSOLE_SECRET_KEY": SECRET_KEY}
    empty = run("change", "list", "--data-dir", str(tmp_path), **settings)
    assert (empty.returncode, empty.stderr) == (
        1,
        "The database lacks tables of this release: run `keyconsole migrate` first.\n",
    )
    nobody = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    silent = run("change", "list", **settings, KEYCONSOLE_DATABASE_URL=nobody)
    assert silent.returncode == 1
    assert silent.stderr.startswith("The database does not answer: ")
    assert "Traceback" not in silent.stderr


@pytest.mark.processes
def test_a_data_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = run("migrate", "--data-dir", str(tmp_path / "file" / "data"))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"The data folder {tmp_path}/file/data cannot be made: Not a directory.")
    assert refused.stderr.count("\n") == 1


@pytest.mark.processes
@pytest.mark.parametrize("way_in", WAYS_IN, ids=" ".join)
def test_it_tells_its_own_version(way_in: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, *way_in, "--version"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith(f"KeyConsole {__version__}, Django ")
