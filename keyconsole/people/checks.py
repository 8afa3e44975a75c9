"""Told at `check --database default`: second factors that nobody can use, since the secret key is another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - its name there
from django.db.utils import DatabaseError


@register(Tags.database)
def second_factors_can_be_read(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    from keyconsole.people.factors.rotation import how_many_unreadable  # noqa: PLC0415 - no models before

    if "default" not in (databases or ()):
        return []
    try:
        unreadable = how_many_unreadable()
    except DatabaseError:
        # Tables of another version: `migrate` comes first and brings its own complaint.
        return []
    if not unreadable:
        return []
    return [
        Warning(
            f"Secrets of second factors that cannot be read: {unreadable}. "
            "They were written under another secret key.",
            hint="Add the earlier one to KEYCONSOLE_SECRET_KEY_FALLBACKS; `reencrypt_second_factors` then.",
            id="keyconsole.W012",
        )
    ]
