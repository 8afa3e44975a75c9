"""Why a message did not arrive, in words that never hold an address or a secret."""

from __future__ import annotations


class Undelivered(Exception):  # noqa: N818 - read as the answer of a recipient
    """`for_good`: trying again would change nothing."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.for_good = for_good
