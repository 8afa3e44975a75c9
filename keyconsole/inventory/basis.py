"""What an answer about a primary rests on: how it is known, and where nobody looked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.inventory.models import Cause
from keyconsole.inventory.periods import PrimaryAt

NOBODY_YET = "Nobody had looked yet."


@dataclass(frozen=True, slots=True)
class Basis:
    """How it is known to have come there, and what is known of it later.

    `seen_until`: a look, or our own move, that still found it there at or after the moment.
    `gap_from`: the last such look was before; nobody looked from then to `gap_until` (None: to this day).
    """

    began_by: str
    began_at: datetime
    change_ref: str = ""
    seen_until: datetime | None = None
    gap_from: datetime | None = None
    gap_until: datetime | None = None


_BEGAN = {
    Cause.FIRST_SEEN.value: "Seen there by a scan",
    Cause.OUT_OF_BAND.value: "Moved out of band, found there by a scan",
    Cause.CHANGE.value: "Moved there by",
}


def basis_of(found: PrimaryAt, moment: datetime) -> Basis:
    period = found.period
    began_by, at, ref = _BEGAN[period.cause], period.started_at, period.change_ref
    looked = period.confirmed_at or period.started_at
    if looked >= moment:
        return Basis(began_by, at, ref, seen_until=looked)
    if period.ended_at and not found.or_region:
        # Our own change looked before it moved the primary on.
        return Basis(began_by, at, ref, seen_until=period.ended_at)
    return Basis(began_by, at, ref, gap_from=max(looked, at), gap_until=period.ended_at)


def sentence_of(found: PrimaryAt | None, moment: datetime) -> str:
    """The same in one line, with exact times."""
    if found is None:
        return NOBODY_YET
    basis = basis_of(found, moment)
    began = f"{basis.began_by} {basis.change_ref}".rstrip()
    told = f"{began}, {exact(basis.began_at)}"
    if basis.seen_until and basis.seen_until > basis.began_at:
        return f"{told}; still there {exact(basis.seen_until)}."
    if basis.gap_from is None:
        return f"{told}."
    if basis.gap_until is None:
        return f"{told}; last seen there {exact(basis.gap_from)}, nobody looked since."
    return f"{told}; nobody looked between {exact(basis.gap_from)} and {exact(basis.gap_until)}."


def exact(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
