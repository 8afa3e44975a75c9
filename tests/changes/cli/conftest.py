"""Everybody of the cast proves who they are by the password that all of them have here."""

from __future__ import annotations

import pytest

from tests.cast import PASSWORD


@pytest.fixture(autouse=True)
def _password_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyconsole.terminal.host", lambda: "keys-1")
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "root")
