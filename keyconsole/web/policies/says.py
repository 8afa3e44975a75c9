"""A policy in one sentence: who must agree for which keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from keyconsole.policies.document.parts import Selector
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.words import needs_words
from keyconsole.text import listed


def says(rules: Rules) -> str:
    factor = ", proved by a second factor" if rules.second_factor else ""
    return f"Moving {which(rules.applies_to)} needs {needs_words(rules)}{factor}."


def which(selector: Selector) -> str:
    """The keys and moves that it chooses, as the rest of a sentence."""
    words = list(_kinds(selector))
    return f"a key {', '.join(words)}" if words else "any key"


def _kinds(selector: Selector) -> Iterator[str]:
    """Everything that is named has to fit."""
    kinds = (
        ("of account", selector.accounts),
        ("in unit", selector.units),
        ("called", selector.aliases),
        ("with primary in", selector.from_regions),
        ("to", selector.to_regions),
    )
    for words, named in kinds[:3]:
        if named:
            yield f"{words} {listed(named, 'or')}"
    if selector.tags:
        tags = [f"{name}={pattern}" for name, pattern in selector.tags.items()]
        yield f"tagged {listed(tags, 'and')}"
    for words, named in kinds[3:]:
        if named:
            yield f"{words} {listed(named, 'or')}"
