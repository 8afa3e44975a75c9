"""Whether a pattern for tickets is safe to run on every request. Pure.

An expression whose parts can share the same text in many ways makes the matcher try them all. We count those
ways for the longest ticket and refuse what is too many, before it ever runs.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

# Its own reading of a pattern, for which the standard library gives no types.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

LONGEST_PATTERN = 200
LONGEST_TICKET = 100
MOST_WAYS = 100_000

_ONE_WAY = {op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.AT}
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT}


class _Unsupported(Exception):  # noqa: N818 - becomes a sentence
    pass


def pattern_problem(pattern: str) -> str:
    """The sentence that says why it cannot be used; empty where it can."""
    if len(pattern) > LONGEST_PATTERN:
        return f"A ticket pattern has at most {LONGEST_PATTERN} characters; this one has {len(pattern):,}."
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
            ways = _ways(parser.parse(pattern))
    except (re.error, Warning, OverflowError, RecursionError) as error:
        return f"The ticket pattern is not a regular expression: {error}."
    except _Unsupported:
        return "Look-arounds, back-references and conditions cannot stand in a ticket pattern."
    if ways > MOST_WAYS:
        return (
            "The ticket pattern could take very long to check: repeats within repeats, or too many of them."
        )
    return ""


def ticket_fits(pattern: str, ticket: str) -> bool:
    """The whole ticket, as the pattern says; without a pattern every ticket fits."""
    return not pattern or (len(ticket) <= LONGEST_TICKET and bool(re.fullmatch(pattern, ticket)))


def _ways(parts: Iterable[tuple[Any, Any]]) -> int:
    """In how many ways the parts could share one text; beyond MOST_WAYS any larger number."""
    product = 1
    for code, arguments in parts:
        product = min(product * _ways_of(code, arguments), MOST_WAYS + 1)
    return product


def _ways_of(code: Any, arguments: Any) -> int:
    if code in _ONE_WAY:
        return 1
    if code is op.SUBPATTERN:
        return _ways(arguments[-1])
    if code is op.BRANCH:
        return sum(_ways(branch) for branch in arguments[1])
    if code in _REPEATS:
        least, most, body = arguments
        return _ways_of_repeat(int(least), int(most), _ways(body))
    raise _Unsupported


def _ways_of_repeat(least: int, most: int, ways: int) -> int:
    least, most = min(least, LONGEST_TICKET), min(most, LONGEST_TICKET)
    total = 0
    for times in range(least, most + 1):
        total += ways**times
        if total > MOST_WAYS:
            break
    return total
