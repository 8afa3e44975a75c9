"""A sandbox that an account can be entered at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keyconsole.sandbox.server import Sandbox


@pytest.fixture
def kms() -> Iterator[Sandbox]:
    with Sandbox(settle_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("DESK_SECRET_ACCESS_KEY", "only-for-the-sandbox")
    monkeypatch.setattr("keyconsole.terminal.os_user", lambda: "root")
    monkeypatch.setattr("keyconsole.terminal.host", lambda: "keys-1")
