"""What somebody fills in to act, typed: a page's form, a command's options or a program bring the values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What has a default may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInputs(Inputs):
    """Saying it is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveInputs(Inputs):
    plan_sha256: str  # of the plan that was read
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectInputs(Inputs):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentInputs(Inputs):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInputs(Inputs):
    run_at: datetime | None = None  # none: as soon as nothing holds it back


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInputs(Inputs):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInputs(Inputs):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewInputs(Inputs):
    was_right: bool
    comment: str
