"""What is wrong with what somebody entered, by field: forms and commands say it in the same words."""

from __future__ import annotations

from collections.abc import Mapping


class Invalid(Exception):  # noqa: N818 - read as the answer to a form
    """`problems` maps a field to the sentence that belongs beside it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)
