"""How policies say no: with sentences that a page and a terminal can print."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)
