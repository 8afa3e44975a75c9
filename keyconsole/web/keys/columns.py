"""The columns that the list of keys can show, beside the key itself, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Iterable

# By the name in the address; the key stands first, always.
COLUMNS = {
    "account": "Account",
    "key-id": "Key id",
    "primary": "Primary",
    "regions": "Regions",
    "drift": "Drift",
    "policy": "Policy",
    "seen": "Seen",
    "change": "Change",
}
AT_FIRST = ("account", "key-id", "primary", "regions", "seen", "change")
# What a form sends beside what is ticked: without it, nothing ticked could not be told from nothing chosen.
THE_KEY = "key"


def read_columns(asked: Iterable[str]) -> tuple[str, ...]:
    """In the order of the table, whatever else was asked for; those at first where nothing was."""
    wanted = set(asked)
    return tuple(name for name in COLUMNS if name in wanted) if wanted else AT_FIRST


def columns_asked(columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """As pairs of an address; none for the columns at first."""
    return [("column", name) for name in columns or (THE_KEY,)] if columns != AT_FIRST else []
