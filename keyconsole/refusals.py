"""How everything here says no: with sentences that a page and a terminal can print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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


class Invalid(Exception):  # noqa: N818 - read as the answer to a form
    """What is wrong with what somebody entered: `problems` maps a field to the sentence beside it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done now, and the sentences that say why not."""

    reasons: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def or_refuse(self) -> None:
        """Raise Refused with the reasons, where there are any."""
        if self.reasons:
            raise Refused(*self.reasons)
