"""Makes `.venv` ready for the demo or the tests; a second run takes milliseconds.

Runs on a bare Python, so it imports the standard library alone. What is installed stands in pyproject.toml
and constraints.txt; a stamp, written last, says for which contents of both files the work was finished.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import oidc_provider
from tools.children import PYTHON, ROOT, end_with_parent

VENV = ROOT / ".venv"
# What each purpose installs beside the product's own dependencies.
EXTRAS = {
    "demo": ("sandbox",),
    "test": ("sandbox", "dev"),
    "release": ("sandbox", "dev", "release"),
}


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else ""
    if purpose not in EXTRAS:
        sys.exit(f"usage: prepare.py {'|'.join(EXTRAS)}")
    try:
        prepare(purpose)
    except KeyboardInterrupt:
        sys.exit("Stopped. The next start goes on from here.")


def prepare(purpose: str) -> None:
    if is_ready(purpose):
        return
    with one_at_a_time():
        if is_ready(purpose):
            return
        started = time.monotonic()
        say(f"Setting up .venv for the {purpose} (once, about half a minute) ...")
        make_venv()
        install(purpose)
        if purpose == "test":
            oidc_provider.install()
        stamp(purpose).write_text(fingerprint(purpose), encoding="utf-8")
        say(f"Set up in {time.monotonic() - started:.0f} s.")


def is_ready(purpose: str) -> bool:
    """The tests' packages include the demo's, so either stamp will do for the demo."""
    covering = [name for name, extras in EXTRAS.items() if set(EXTRAS[purpose]) <= set(extras)]
    return PYTHON.exists() and any(
        stamp(name).exists() and stamp(name).read_text(encoding="utf-8") == fingerprint(name)
        for name in covering
    )


def stamp(purpose: str) -> Path:
    return VENV / f".ready-for-{purpose}"


def fingerprint(purpose: str) -> str:
    digest = hashlib.sha256(f"{purpose} {sys.version} {VENV}".encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def requirements(purpose: str) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in EXTRAS[purpose]:
        wanted += project["optional-dependencies"][extra]
    return wanted


def make_venv() -> None:
    if pip_works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = run([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode or not pip_works():
        sys.exit(
            f"{made.stdout.strip()}\nKeyConsole could not make a virtual environment: this Python lacks its "
            "venv module (on Debian and Ubuntu: apt install python3-venv)."
        )


def pip_works() -> bool:
    """A half-made environment, or one whose Python has gone, is made anew."""
    if not PYTHON.exists():
        return False
    same = "import sys, pip; print(sys.version)"
    return run([str(PYTHON), "-c", same]).stdout.strip() == sys.version


def install(purpose: str) -> None:
    for name in EXTRAS:
        stamp(name).unlink(missing_ok=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    installed = run([*pip, "-c", str(ROOT / "constraints.txt"), *requirements(purpose)])
    if installed.returncode:
        sys.exit(f"{installed.stdout.strip()}\nKeyConsole's packages could not be installed (see above).")


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # Without byte code each start would compile everything again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        preexec_fn=end_with_parent(),
    )


@contextmanager
def one_at_a_time() -> Iterator[None]:
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
