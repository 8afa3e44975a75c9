"""A terminal with a name, and nobody's proof in its environment."""

from __future__ import annotations

import io

import pytest


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyconsole.terminal.host", lambda: "keys-1")
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "root")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for name in ("KEYCONSOLE_PASSWORD", "KEYCONSOLE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
