"""How this KeyConsole is called: from its checkout, or as a wheel installed it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from keyconsole.folders import IMPORTED_FROM, IN_CHECKOUT


@dataclass(frozen=True)
class Program:
    python: str
    # What starts a demo on another port, with `{port}` where the number goes.
    with_port: str = "keyconsole demo --port {port}"

    @property
    def command_line(self) -> list[str]:
        if IN_CHECKOUT:
            return [self.python, str(IMPORTED_FROM / "manage.py")]
        # -P: not a `keyconsole` that happens to be in the current folder.
        return [self.python, "-P", "-m", "keyconsole"]

    @property
    def folder(self) -> Path:
        """Where its processes run, so that all of them import the same code."""
        return IMPORTED_FROM


def installed_program() -> Program:
    return Program(sys.executable)
