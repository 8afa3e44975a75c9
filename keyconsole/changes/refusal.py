"""The one way in which changes say no: with sentences that a page and a terminal can print."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)


class Lost(Refused):
    """Somebody else moved the change first: two tabs, two workers, or a person and a worker."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref} has moved on in the meantime. Look at it again before you decide.")
