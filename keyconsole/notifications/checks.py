"""The system check of what messages depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.urls)
def address_is_one(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if not settings.KEYCONSOLE_URL or _is_address(settings.KEYCONSOLE_URL):
        return []
    return [
        Error(
            "KEYCONSOLE_URL is not an address that people can open.",
            hint="Write it as https://keys.example.org: messages put the page's path after it.",
            id="keyconsole.E010",
        )
    ]


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and not any(character.isspace() for character in text)
    return (
        plain
        and parts.scheme in {"https", "http"}
        and bool(parts.hostname)
        and not parts.query + parts.fragment
    )
