"""How everything here says no: with sentences that a page and a terminal can print, each with its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from keyconsole.refusal_codes import Code


class Reason(str):
    """A sentence that says why not. People read it; programs rely on its code."""

    __slots__ = ("code",)
    code: Code

    def __new__(cls, code: Code, sentence: str) -> Self:
        reason = super().__new__(cls, sentence)
        reason.code = code
        return reason

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy keeps the code, in another process too."""
        return Reason, (self.code, str(self))


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(self.reasons)


class Lost(Refused):
    """Somebody else moved the change first: two tabs, two workers, or a person and a worker."""

    def __init__(self, ref: str) -> None:
        sentence = f"{ref} has moved on in the meantime. Look at it again before you decide."
        super().__init__(Reason(Code.LOST_RACE, sentence))


class Invalid(Exception):  # noqa: N818 - read as the answer to a form
    """What is wrong with what somebody entered: `problems` maps a field to the sentence beside it."""

    code: ClassVar[Code] = Code.INVALID

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be done now, and the sentences that say why not."""

    reasons: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.reasons

    def or_refuse(self) -> None:
        """Raise Refused with the reasons, where there are any."""
        if self.reasons:
            raise Refused(*self.reasons)
