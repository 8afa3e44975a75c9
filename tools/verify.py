"""`make test`: every check and every test, each told when it ends, and one verdict at the end.

Steps of different lanes run at the same time, since each of them often waits: for a browser, for a worker
that was killed, for a clock. The steps of one lane follow each other.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tools.children import PYTHON, ROOT, Stopped, end, start, watch_for_the_end
from tools.oidc_provider import missing

BIN = PYTHON.parent
BETWEEN_LOOKS = 0.1
# What failed last is nobody's memory here: two lanes would write it at the same time.
PYTEST = (str(PYTHON), "-m", "pytest", "-q", "-p", "no:cacheprovider")
# In each lane of tests; together that is more than there are cores, for some wait. Who is done first takes
# over what another has before it.
AT_ONCE = ("-n", str(min(4, max(2, os.cpu_count() or 1))), "--dist", "worksteal")
LONG_ENOUGH = "for-the-checks-only-" + "".join(map(chr, range(48, 91)))
# What production has and a test run has not: `check --deploy` looks at these.
DEPLOYED = (
    ("KEYCONSOLE_SECRET_KEY", LONG_ENOUGH),
    ("KEYCONSOLE_ALLOWED_HOSTS", "keys.example.org"),
    ("KEYCONSOLE_DATABASE_URL", "postgres://keyconsole@/keyconsole"),
)
LOCAL = (
    ("KEYCONSOLE_DEMO", "1"),
    ("KEYCONSOLE_SECRET_KEY", LONG_ENOUGH),
    ("KEYCONSOLE_DATABASE_URL", "sqlite://:memory:"),
)


@dataclass(frozen=True)
class Step:
    group: str
    title: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    lane: str = ""  # its group, where it has none of its own


def manage(*arguments: str) -> tuple[str, ...]:
    return (str(PYTHON), "-W", "error", "manage.py", *arguments)


def templates() -> tuple[str, ...]:
    return tuple(sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html")))


def steps() -> list[Step]:
    return [
        Step("checks", "Python is formatted", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
        Step("checks", "Lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
        Step(
            "checks",
            "Nothing weakens security",
            (str(BIN / "bandit"), "-q", "-r", "keyconsole", "-c", "pyproject.toml"),
        ),
        Step("checks", "Templates are formatted", (str(BIN / "djade"), "--check", *templates())),
        Step("checks", "Layers", (str(BIN / "lint-imports"), "--no-cache")),
        Step("checks", "Types", (str(BIN / "mypy"), "--no-error-summary")),
        Step("checks", "System checks", manage("check", "--fail-level", "WARNING"), LOCAL),
        Step(
            "checks",
            "Deployment checks",
            manage("check", "--deploy", "--fail-level", "WARNING"),
            DEPLOYED,
        ),
        Step("checks", "Migrations are complete", manage("makemigrations", "--check", "--dry-run"), LOCAL),
        # Before the tests, which look for it; a checkout that was set up before has not got it yet.
        Step("tests", "OpenID provider", (str(PYTHON), "-m", "tools.oidc_provider"), lane="sqlite"),
        Step("tests", "Tests, with SQLite", (*PYTEST, *AT_ONCE, "--ignore=tests/browser"), lane="sqlite"),
        Step(
            "tests",
            "Database tests again, with PostgreSQL",
            (*PYTEST, *AT_ONCE, "--ignore=tests/browser", "-p", "tests.postgres"),
            lane="postgresql",
        ),
        Step("browser", "Chromium is here", (str(PYTHON), "-m", "tools.browser")),
        Step(
            "browser",
            "Journeys in Chromium",
            # Each of the two has a product and a browser of its own.
            (*PYTEST, "-n", "2", "--dist", "worksteal", "-m", "browser", "tests/browser"),
        ),
    ]


class Running:
    """A step that has begun. What it says is kept until it ends, so that no two are mixed."""

    def __init__(self, step: Step) -> None:
        dropped = ("PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS")
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in dropped and not name.startswith(("KEYCONSOLE_", "AWS_"))
        }
        self.step = step
        self.started = time.monotonic()
        self.output = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self.child = start(
            step.command, output=self.output.fileno(), env=environment | dict(step.environment)
        )

    def tell(self) -> bool:
        """Print what it said, now that it has ended, and whether it was well."""
        well = self.child.wait() == 0
        self.output.seek(0)
        print(f"\n== {self.step.title}\n{self.output.read()}", end="")
        print(f"{'ok' if well else 'FAILED'} ({time.monotonic() - self.started:.0f} s)", flush=True)
        return well

    def close(self) -> None:
        end([self.child])
        self.output.close()


def run(steps: Iterable[Step], go_on: Callable[[], None]) -> list[str]:
    """The titles of what failed; whatever fails, the other steps run."""
    lanes: dict[str, deque[Step]] = {}
    for step in steps:
        lanes.setdefault(step.lane or step.group, deque()).append(step)
    running: dict[str, Running] = {}
    failed = []
    try:
        while lanes:
            for lane in [lane for lane in lanes if lane not in running]:
                running[lane] = Running(lanes[lane].popleft())
            go_on()
            time.sleep(BETWEEN_LOOKS)
            for lane, each in [
                (lane, each) for lane, each in running.items() if each.child.poll() is not None
            ]:
                if not each.tell():
                    failed.append(each.step.title)
                running.pop(lane).close()
                if not lanes[lane]:
                    del lanes[lane]
    finally:
        for each in running.values():
            each.close()
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="verify", description=__doc__)
    parser.add_argument("--only", choices=["checks", "tests", "browser"])
    only = parser.parse_args().only
    go_on = watch_for_the_end()
    started = time.monotonic()
    try:
        chosen = [step for step in steps() if only in (None, step.group)]
        failed = run(chosen, go_on)
    except Stopped:
        sys.exit("\nStopped.")
    seconds = time.monotonic() - started
    summary = f"{len(chosen) - len(failed)} of {len(chosen)} steps passed in {seconds:.0f} s"
    summary += f" (single sign-on not tried with a certified provider: {why})" if (why := missing()) else ""
    if failed:
        sys.exit(f"\nNo: {summary}. What failed: {'; '.join(failed)}.")
    print(f"\nYes: {summary}.")


if __name__ == "__main__":
    main()
