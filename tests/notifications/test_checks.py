"""An address that nobody can open is refused before any message holds it."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

GOOD = ["", "https://keys.example.org", "http://127.0.0.1:8123", "https://example.org/keyconsole"]
BAD = [
    "keys.example.org",
    "ftp://keys.example.org",
    "https://",
    "https://keys.example.org:word",
    "https://keys example.org",
    "https://keys.example.org/\nx",
    "https://keys.example.org/?a=b",
    "javascript:alert(1)",
]


def problems() -> list[str]:
    return [message.id or "" for message in run_checks() if message.id == "keyconsole.E010"]


@pytest.mark.parametrize("url", GOOD)
def test_an_address_or_none_is_fine(settings, url: str):
    settings.KEYCONSOLE_URL = url
    assert problems() == []


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused(settings, url: str):
    settings.KEYCONSOLE_URL = url
    assert problems() == ["keyconsole.E010"]
