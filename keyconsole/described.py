"""Names that are stored or sent, each with the one sentence that help prints about it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Described(StrEnum):
    """A member is its value; `describes` is the sentence. Written NAME = "value", "Sentence."."""

    describes: str

    def __new__(cls, value: str, describes: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.describes = describes
        return member
