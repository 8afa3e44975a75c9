"""How far the record is signed, checked and kept elsewhere, and how old each of that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.audit import configured
from keyconsole.audit.checkpoints import newest
from keyconsole.audit.models import Duty, Entry, SignedCheckpoint

CHECKPOINT, VERIFICATION, ANCHOR = "checkpoint", "verification", "anchor: "


@dataclass(frozen=True, slots=True)
class Kept:
    """By one place outside: `behind` entries of what is signed are not there yet."""

    name: str
    size: int
    behind: int
    asked_at: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class RecordState:
    entries: int
    signed: SignedCheckpoint | None
    signing_problem: str
    verified_at: datetime | None
    verified_size: int
    broken: str
    broken_since: datetime | None
    kept: tuple[Kept, ...]

    @property
    def unsigned(self) -> int:
        return self.entries - (self.signed.size if self.signed else 0)

    def numbers(self, *, now: datetime) -> dict[str, float]:
        """For a monitoring system: what never was has no age, and is left out."""
        ages = {
            "record_checkpoint_age_seconds": self.signed.signed_at if self.signed else None,
            "record_verification_age_seconds": self.verified_at,
        }
        return {
            "record_entries": self.entries,
            "record_signed_entries": self.entries - self.unsigned,
            "record_verified_entries": self.verified_size,
            "record_broken": int(bool(self.broken)),
            **{f"record_anchor_{each.name}_lag_entries": each.behind for each in self.kept},
            **{name: (now - at).total_seconds() for name, at in ages.items() if at},
        }


def record_state() -> RecordState:
    duties = {duty.name: duty for duty in Duty.objects.filter(due_at__isnull=False)}
    nothing = Duty()
    signing, checking = duties.get(CHECKPOINT, nothing), duties.get(VERIFICATION, nothing)
    last = newest(configured.origin())
    # What a signer found wrong is about the record; that it has no key is not.
    rewritten = signing if signing.is_break else checking
    return RecordState(
        entries=Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0,
        signed=last,
        signing_problem="" if signing.is_break else signing.problem,
        verified_at=checking.done_at,
        verified_size=checking.size,
        broken=rewritten.problem if rewritten.is_break else "",
        broken_since=rewritten.problem_at,
        kept=tuple(_kept(duty, last) for name, duty in sorted(duties.items()) if name.startswith(ANCHOR)),
    )


def _kept(duty: Duty, last: SignedCheckpoint | None) -> Kept:
    behind = max((last.size if last else 0) - duty.size, 0)
    return Kept(duty.name.removeprefix(ANCHOR), duty.size, behind, duty.done_at, duty.problem)
