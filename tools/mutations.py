"""`make mutations`: breaks each promise in a copy of the checkout, and demands that its tests notice.

The table stands in tests/mutations/table.py. A snippet that is no longer found, a change with which the tests
do not even begin, and a test that fails without any change are failures of this check, as is a mutation that
survives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from keyconsole.demo.launch.children import start
from tests.mutations.mutation import Mutation
from tests.mutations.table import MUTATIONS
from tools.children import PYTHON, ROOT, Stopped, end, watch_for_the_end

PARTS = ("keyconsole", "templates", "static", "tests", "tools", "benchmarks", "manage.py", "pyproject.toml")
AT_ONCE = max(2, os.cpu_count() or 1)
BETWEEN_LOOKS = 0.05
# Nothing here may depend on the order of tests or on chance: what a mutation breaks is found each time.
PYTEST = (
    str(PYTHON),
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "--hypothesis-seed=0",
)
# What pytest ends with where it ran tests: all were well, or some failed.
ALL_PASSED, SOME_FAILED = 0, 1


class Trial:
    """Tests in one copy of the checkout, in which one promise is broken; or none, and all tests must pass."""

    def __init__(self, copy: Path, mutation: Mutation | None, tests: Iterable[str]) -> None:
        self.copy, self.mutation = copy, mutation
        self.output = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self.kept: tuple[Path, Path] | None = None
        if mutation:
            self._mutate(copy / mutation.file, mutation)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS"}
            and not name.startswith(("KEYCONSOLE_", "AWS_"))
        }
        # Byte code of what is broken must not be found by the next one.
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        stop_at_once = ("-x",) if mutation else ()
        self.child = start(
            (*PYTEST, *stop_at_once, *tests), folder=copy, output=self.output.fileno(), env=environment
        )

    @property
    def is_over(self) -> bool:
        return self.child.poll() is not None

    @property
    def problem(self) -> str:
        """Why this check fails; empty where a test noticed what was broken, or nothing was."""
        status = self.child.wait()
        if status == (SOME_FAILED if self.mutation else ALL_PASSED):
            return ""
        self.output.seek(0)
        said = self.output.read()[-3000:]
        if self.mutation is None:
            return f"The tests fail without any mutation:\n{said}"
        if status == ALL_PASSED:
            return f"Nothing noticed that {self.mutation.broken} ({self.mutation.file})."
        return f"The tests could not run where {self.mutation.broken}:\n{said}"

    def close(self) -> None:
        end([self.child])
        self.output.close()
        if self.kept:
            self.kept[0].replace(self.kept[1])

    def _mutate(self, file: Path, mutation: Mutation) -> None:
        """The file itself, with its time, is put back afterwards: its byte code is good again."""
        text = file.read_text(encoding="utf-8")
        self.kept = (file.with_suffix(".kept"), file)
        file.replace(self.kept[0])
        file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")


def not_found(mutations: Iterable[Mutation], root: Path) -> list[str]:
    """What the table has to say about code that has changed meanwhile."""
    problems = []
    for each in mutations:
        found = (root / each.file).read_text(encoding="utf-8").count(each.old)
        if found != 1:
            problems.append(f"Found {found} times in {each.file}, not once: {each.old}")
    return problems


def run(mutations: Iterable[Mutation], root: Path, go_on: Callable[[], None]) -> list[str]:
    """What is wrong, a sentence each; nothing where every mutation was noticed."""
    chosen = list(mutations)
    if problems := not_found(chosen, root):
        return problems
    every_test = sorted({test for each in chosen for test in each.tests})
    waiting: deque[tuple[Mutation | None, Iterable[str]]] = deque([(None, every_test)])
    waiting.extend((each, each.tests) for each in chosen)
    running: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="kc-mutations-") as folder:
        free = [copy_of(root, Path(folder) / str(number)) for number in range(min(AT_ONCE, len(waiting)))]
        try:
            while waiting or running:
                while waiting and free:
                    running.append(Trial(free.pop(), *waiting.popleft()))
                go_on()
                time.sleep(BETWEEN_LOOKS)
                for trial in [trial for trial in running if trial.is_over]:
                    problems += filter(None, [tell(trial)])
                    running.remove(trial)
                    trial.close()
                    free.append(trial.copy)
        finally:
            for trial in running:
                trial.close()
    return problems


def tell(trial: Trial) -> str:
    problem = trial.problem
    what = trial.mutation.broken if trial.mutation else "nothing is broken, and all tests pass"
    print(f"{'FAILED' if problem else 'ok':8}{what}", flush=True)
    return problem


def copy_of(root: Path, folder: Path) -> Path:
    folder.mkdir()
    for name in PARTS:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name)
        elif (root / name).exists():
            shutil.copy2(root / name, folder / name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="mutations", description=__doc__)
    parser.add_argument("words", nargs="*", help="only those whose promise or file has one of these words")
    words = parser.parse_args().words
    chosen = [
        each for each in MUTATIONS if not words or any(word in f"{each.broken} {each.file}" for word in words)
    ]
    if not chosen:
        parser.error("No mutation has such words.")
    go_on = watch_for_the_end()
    started = time.monotonic()
    try:
        problems = run(chosen, ROOT, go_on)
    except Stopped:
        sys.exit("\nStopped.")
    if problems:
        sys.exit("\n" + "\n\n".join(problems))
    print(f"\nYes: each of {len(chosen)} broken promises was noticed, in {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
