"""`make test`: every check and every test, each told as it runs, and one verdict at the end."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from tools.children import PYTHON, ROOT, Stopped, end, start, watch_for_the_end

BIN = PYTHON.parent
PYTEST = (str(PYTHON), "-m", "pytest", "-q")
# One more than there are cores: some tests wait for processes that they ended.
AT_ONCE = str(min(4, (os.cpu_count() or 1) + 1))
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


def manage(*arguments: str) -> tuple[str, ...]:
    return (str(PYTHON), "-W", "error", "manage.py", *arguments)


def templates() -> tuple[str, ...]:
    return tuple(sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.html")))


def steps() -> list[Step]:
    return [
        Step("checks", "Python is formatted", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
        Step("checks", "Lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
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
        Step("tests", "Tests, with SQLite", (*PYTEST, "-n", AT_ONCE)),
        Step(
            "tests", "Database tests again, with PostgreSQL", (*PYTEST, "-n", AT_ONCE, "-p", "tests.postgres")
        ),
        Step("browser", "Chromium is here", (str(PYTHON), "-m", "tools.browser")),
        Step("browser", "Journeys in Chromium", (*PYTEST, "-m", "browser", "tests/browser")),
    ]


def run(step: Step, go_on: Callable[[], None]) -> bool:
    print(f"\n== {step.title}", flush=True)
    dropped = ("PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("KEYCONSOLE_", "AWS_"))
    }
    started = time.monotonic()
    child = start(step.command, env=environment | dict(step.environment))
    try:
        while (status := _wait_a_little(child)) is None:
            go_on()
    finally:
        end([child])
    print(f"{'ok' if status == 0 else 'FAILED'} ({time.monotonic() - started:.0f} s)", flush=True)
    return status == 0


def _wait_a_little(child: subprocess.Popen[str]) -> int | None:
    try:
        return child.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(prog="verify", description=__doc__)
    parser.add_argument("--only", choices=["checks", "tests", "browser"])
    only = parser.parse_args().only
    go_on = watch_for_the_end()
    started = time.monotonic()
    try:
        chosen = [step for step in steps() if only in (None, step.group)]
        failed = [step.title for step in chosen if not run(step, go_on)]
    except Stopped:
        sys.exit("\nStopped.")
    seconds = time.monotonic() - started
    summary = f"{len(chosen) - len(failed)} of {len(chosen)} steps passed in {seconds:.0f} s"
    if failed:
        sys.exit(f"\nNo: {summary}. What failed: {'; '.join(failed)}.")
    print(f"\nYes: {summary}.")


if __name__ == "__main__":
    main()
