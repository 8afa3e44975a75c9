"""One line that carries a promise, and a change that breaks it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    broken: str  # the promise, as it would read if it were broken
    file: str
    old: str  # stands exactly once in the file
    new: str
    tests: tuple[str, ...]  # files of tests, or single tests
