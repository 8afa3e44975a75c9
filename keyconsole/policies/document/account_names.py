"""Accounts are selected by their numbers. What became of the names that documents held before. Pure.

A name can be typed anew by one person; a number is AWS's own. New documents hold numbers alone. A document
that was stored with names keeps its bytes and its hash: beside it stands which number each name meant when
names ceased to count. A name that meant none could mean any account: rules that hold one are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from keyconsole.policies.document.rules import Rules

_NUMBER = re.compile(r"[0-9]{12}")


def is_account_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def names_in(rules: Rules) -> tuple[str, ...]:
    """What its selector names that is no number of an account."""
    return tuple(entry for entry in rules.applies_to.accounts if not is_account_number(entry))


def with_numbers(rules: Rules, numbers: Mapping[str, str]) -> Rules:
    """The rules with the number in the place of each name; what has none stays, and is `unread`."""
    if not numbers and not names_in(rules):
        return rules
    meant = (entry for each in rules.applies_to.accounts for entry in _meant(each, numbers))
    found = replace(rules, applies_to=replace(rules.applies_to, accounts=tuple(dict.fromkeys(meant))))
    lost = tuple(f"the account name {name[:60]!r}" for name in names_in(found))
    return replace(found, unread=(*rules.unread, *lost))


def _meant(entry: str, numbers: Mapping[str, str]) -> tuple[str, ...]:
    """An account may have been called by the number of another: then it meant both."""
    number = numbers.get(entry, entry)
    return (entry, number) if is_account_number(entry) else (number,)


def name_problems(rules: Rules, numbers: Mapping[str, str]) -> Iterator[str]:
    """What a person wrote. `numbers`: of the accounts that they may see, by name."""
    for name in names_in(rules)[:5]:
        if number := numbers.get(name):
            yield f"Name accounts by their numbers, since names can change: {name} is {number}."
        else:
            yield f"{name[:60]!r} is no account number: it has exactly 12 digits."
