"""The values that cross the interface of a kind: what it is asked with, and what it answers with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

Plan = dict[str, Any]
# One Region as a plan holds it: region, role, state, policy_sha256. Never one that could not be looked at.
PlannedRegion = dict[str, str]
# The state of a Region key that is no more.
GONE = "gone"


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind is called, where a sentence needs nothing of its change."""

    name: str  # in lists, beside the change
    doing: str  # what a person may or may not do: "make a primary" in an account
    label: str  # before its Regions, at the terminal and in messages
    region_parameter: str  # what AWS calls the Region that was asked for
    under_way: str  # the headline while AWS says Updating
    meanwhile: tuple[str, ...]  # what is normal until it has settled; the headline may say some of it


class Answer(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    answer: Answer
    sentence: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    """`warnings`: what somebody should know before they ask for it, whatever the checks say."""

    checks: tuple[Check, ...]
    warnings: tuple[str, ...]

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.answer == Answer.FAIL)

    @property
    def passes(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Explanation:
    """`awss_words`: what AWS itself said, with its code; empty where it said nothing."""

    sentence: str
    region: str
    what_to_do: str
    awss_words: str = ""

    @property
    def told(self) -> str:
        return f"{self.sentence} AWS refused: {self.awss_words}" if self.awss_words else self.sentence


@dataclass(frozen=True, slots=True)
class View:
    """One Region's look; `role` is empty where it could not be read, `gone` where the key is no more."""

    region: str
    role: str = ""
    state: str = ""
    names_primary: str = ""
    gone: bool = False

    @property
    def readable(self) -> bool:
        return bool(self.role)


class Said(StrEnum):
    """What AWS said to the one call, as far as it tells what a look may mean."""

    YES = "yes"
    NO = "no"  # the call certainly did nothing
    NOTHING = "nothing"  # no answer, or an error of AWS's own: it may have acted


@dataclass(frozen=True, slots=True)
class Looks:
    """The latest looks, as far back as all of them showed the same and could be told from the call.

    `enough`: they go on for so long that it is no longer reads that lag behind.
    """

    count: int
    since: datetime
    until: datetime
    enough: bool

    @property
    def words(self) -> str:
        if self.count == 1:
            return f"the look of {_moment(self.until)}"
        return f"{self.count} looks from {_moment(self.since)} to {_moment(self.until)}"


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of the one call besides the look that is judged."""

    said: Said
    words: str  # what AWS said, as a sentence about the past
    was_seen: bool = False  # a look since then has shown what was asked for
    looks: Looks | None = None  # None: no look since the call is certainly over

    @property
    def looks_suffice(self) -> bool:
        return self.looks is not None and self.looks.enough


class Outcome(StrEnum):
    DONE = "done"
    NOT_APPLIED = "not_applied"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Judgement:
    outcome: Outcome
    sentence: str


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
