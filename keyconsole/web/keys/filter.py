"""What the keys page was asked for, read from its URL. Nonsense is named to the person and then ignored."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from keyconsole.refusals import Refused
from keyconsole.text import clean_search

SHOWS = {
    "drift": "Replica differs from primary",
    "unknown": "A Region is unknown",
    "change": "Open change",
}
SORTS = ("alias", "account", "key", "primary", "seen")
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, for this person."""

    accounts: Mapping[str, str]  # number -> name
    regions: Collection[str]
    states: Collection[str]


@dataclass(frozen=True, slots=True)
class KeyFilter:
    account: str = ""
    primary: str = ""
    replica: str = ""
    state: str = ""
    show: str = ""
    text: str = ""
    sort: str = "alias"
    descending: bool = False
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def narrows(self) -> bool:
        return any((self.account, self.primary, self.replica, self.state, self.show, self.text))

    def as_pairs(self) -> list[tuple[str, str]]:
        """As an address says it, in one spelling."""
        order = f"-{self.sort}" if self.descending else self.sort
        named = {
            "q": self.text,
            "account": self.account,
            "primary": self.primary,
            "replica": self.replica,
            "state": self.state,
            "show": self.show,
            "sort": "" if order == "alias" else order,
        }
        return [(name, value) for name, value in named.items() if value]


def read_filter(query: Mapping[str, str], choices: Choices) -> KeyFilter:
    problems: list[str] = []

    def chosen(name: str, allowed: Collection[str], sentence: str) -> str:
        value = query.get(name, "")
        if not value or value in allowed:
            return value
        problems.append(sentence.format(quoted(value)))
        return ""

    sort = query.get("sort", "") or "alias"
    by, descending = sort.removeprefix("-"), sort.startswith("-")
    if by not in SORTS:
        problems.append(f"The list cannot be sorted by {quoted(sort)}.")
        by, descending = "alias", False
    return KeyFilter(
        account=chosen("account", choices.accounts, "You have no AWS account {}."),
        primary=chosen("primary", choices.regions, "No key of yours is in a Region {}."),
        replica=chosen("replica", choices.regions, "No key of yours is in a Region {}."),
        state=chosen("state", choices.states, "There is no key state {}."),
        show=chosen("show", SHOWS, "There is nothing called {} to show."),
        text=_text(query.get("q", ""), problems),
        sort=by,
        descending=descending,
        problems=tuple(dict.fromkeys(problems)),
    )


def quoted(value: str) -> str:
    """As it came, without what could not be shown, and short."""
    shown = "".join("\N{REPLACEMENT CHARACTER}" if _is_control(letter) else letter for letter in value)
    return f"“{shown[:_LONGEST_QUOTE]}…”" if len(shown) > _LONGEST_QUOTE else f"“{shown}”"


def _text(value: str, problems: list[str]) -> str:
    try:
        return clean_search(value)
    except Refused as refused:
        problems.extend(refused.reasons)
        return ""


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cs"}
