"""`make mutations` in a small project: what is noticed, what is not, and what the check cannot judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutations.mutation import Mutation
from tools import mutations
from tools.children import Stopped
from tools.mutations import run

LIMIT = Mutation(
    "ten is too much", "keyconsole/limit.py", "number <= 10", "number < 10", ("tests/test_limit.py",)
)
TEST = """from keyconsole.limit import fits


def test_ten():
    assert fits(10)
"""


def go_on() -> None:
    pass


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Outside of the checkout: its tests know nothing of Django."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # What a plugin would bring that is not loaded here.
    monkeypatch.setattr(
        mutations, "PYTEST", tuple(part for part in mutations.PYTEST if "hypothesis" not in part)
    )
    files = {
        "keyconsole/__init__.py": "",
        "keyconsole/limit.py": "def fits(number):\n    return number <= 10\n",
        "tests/test_limit.py": TEST,
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_mutation_that_a_test_notices_is_well_and_the_project_stays_as_it_is(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    before = (project / LIMIT.file).read_text(encoding="utf-8")
    assert run([LIMIT], project, go_on) == []
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "ok      nothing is broken, and all tests pass",
        "ok      ten is too much",
    ]
    assert (project / LIMIT.file).read_text(encoding="utf-8") == before


def test_one_that_survives_is_named(project: Path):
    survives = replace(LIMIT, new="number <= 11")
    assert run([survives, LIMIT], project, go_on) == [
        "Nothing noticed that ten is too much (keyconsole/limit.py)."
    ]


def test_one_after_the_other_in_the_same_copy_finds_the_code_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mutations, "AT_ONCE", 1)
    survives = replace(LIMIT, broken="nothing", new="number <= 99")
    told = run([LIMIT, survives, LIMIT, survives], project, go_on)
    assert told == ["Nothing noticed that nothing (keyconsole/limit.py)."] * 2


def test_one_with_which_no_test_begins_proves_nothing(project: Path):
    [told] = run([replace(LIMIT, old="def fits", new="def fitted")], project, go_on)
    assert told.startswith("The tests could not run where ten is too much:")
    assert "ImportError" in told


def test_a_line_that_is_gone_or_stands_there_twice_is_named_before_anything_runs(
    project: Path, capsys: pytest.CaptureFixture[str]
):
    gone, twice = replace(LIMIT, old="number < 5"), replace(LIMIT, old="number")
    assert run([gone, twice, LIMIT], project, go_on) == [
        "Found 0 times in keyconsole/limit.py, not once: number < 5",
        "Found 2 times in keyconsole/limit.py, not once: number",
    ]
    assert capsys.readouterr().out == ""


def test_tests_that_fail_anyhow_notice_nothing(project: Path):
    with (project / "tests/test_limit.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_bad_luck():\n    assert not fits(1)\n")
    [told] = run([LIMIT], project, go_on)
    assert told.startswith("The tests fail without any mutation:")


def test_who_stops_it_leaves_no_copies(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))

    def stop() -> None:
        assert list(copies.glob("kc-mutations-*"))
        raise Stopped

    with pytest.raises(Stopped):
        run([LIMIT], project, stop)
    assert not list(copies.glob("kc-mutations-*"))
