"""`make test` runs lanes at the same time, tells each step as a whole, and ends with one verdict."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tools import verify
from tools.children import Stopped
from tools.verify import Step, run

WAIT_FOR = f"""
import pathlib, sys, time
ours, theirs = map(pathlib.Path, sys.argv[1:])
ours.touch()
until = time.monotonic() + {PATIENCE}
while not theirs.exists():
    assert time.monotonic() < until
    time.sleep(0.02)
"""


def python(title: str, code: str, *arguments: object, lane: str = "tests") -> Step:
    return Step("tests", title, (sys.executable, "-c", code, *map(str, arguments)), lane=lane)


def go_on() -> None:
    pass


def test_lanes_run_at_the_same_time(tmp_path: Path):
    """Each waits for what the other does."""
    here, there = tmp_path / "here", tmp_path / "there"
    both = [python("one", WAIT_FOR, here, there, lane="a"), python("two", WAIT_FOR, there, here, lane="b")]
    assert run(both, go_on) == []


def test_the_steps_of_a_lane_follow_each_other_and_one_that_fails_stops_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    touch = "import pathlib, sys; pathlib.Path(sys.argv[1]).touch(exist_ok=False)"
    seen = "import pathlib, sys; sys.exit(not pathlib.Path(sys.argv[1]).exists())"
    file = tmp_path / "file"
    chosen = [
        python("makes it", touch, file),
        python("fails", "import sys; sys.exit('No such luck.')"),
        python("finds it", seen, file),
    ]
    assert run(chosen, go_on) == ["fails"]
    told = capfd.readouterr().out
    assert [line for line in told.splitlines() if line.startswith("== ")] == [
        "== makes it",
        "== fails",
        "== finds it",
    ]
    assert "== fails\nNo such luck.\nFAILED (" in told


def test_what_a_step_says_is_not_mixed_with_another(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    talk = "print('begins', flush=True)" + WAIT_FOR + "print('ends')"
    here, there = tmp_path / "here", tmp_path / "there"
    run([python("one", talk, here, there, lane="a"), python("two", talk, there, here, lane="b")], go_on)
    blocks = capfd.readouterr().out.strip().split("\n\n")
    assert [block.splitlines()[1:3] for block in blocks] == [["begins", "ends"]] * 2


def test_who_stops_it_stops_what_runs(tmp_path: Path):
    begun = tmp_path / "begun"

    def stop_once_begun() -> None:
        if begun.exists():
            raise Stopped

    pid = "import os, pathlib, sys, time; p = pathlib.Path(sys.argv[1]); "
    forever = pid + "p.with_suffix('.new').write_text(str(os.getpid())); p.with_suffix('.new').rename(p); "
    with pytest.raises(Stopped):
        run([python("hangs", forever + f"time.sleep({PATIENCE})", begun)], stop_once_begun)
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


@pytest.mark.parametrize(("failing", "status"), [([], None), (["Lint"], 1)])
def test_there_is_one_verdict(
    failing: list[str],
    status: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def pretend(_steps: list[Step], _go_on: Callable[[], None]) -> list[str]:
        return failing

    monkeypatch.setattr(verify, "run", pretend)
    monkeypatch.setattr(verify, "watch_for_the_end", lambda: go_on)
    monkeypatch.setattr(sys, "argv", ["verify", "--only", "checks"])
    if status is None:
        verify.main()
        assert capsys.readouterr().out.startswith("\nYes: ")
    else:
        with pytest.raises(SystemExit, match=r"^\nNo: .* What failed: Lint\.$"):
            verify.main()


def test_every_step_has_a_title_of_its_own_and_every_test_a_step():
    titles = [step.title for step in verify.steps()]
    assert len(set(titles)) == len(titles)
    commands = [" ".join(step.command) for step in verify.steps()]
    assert sum("-m browser tests/browser" in command for command in commands) == 1
    assert sum("--ignore=tests/browser" in command for command in commands) == 2
