"""Child processes of the checkout: at its root, with its own Python, and never outliving us."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from keyconsole.demo.launch import children
from keyconsole.demo.launch.children import Stopped, end, end_with_parent

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"

__all__ = ["PYTHON", "ROOT", "Stopped", "end", "end_with_parent", "start", "watch_for_the_end"]


def watch_for_the_end() -> Callable[[], None]:
    """What it returns raises `Stopped` once somebody asked us, or the make that started us, to end."""
    return children.watch_for_the_end(started_by_make=True)


def start(
    command: Sequence[str | Path],
    *,
    output: IO[str] | int | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    return children.start(command, folder=ROOT, output=output, env=env)
