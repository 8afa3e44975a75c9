"""The past of the demo story as data: what people asked for and how it ended, and what others moved.

What happened at AWS and is in the sandbox's trail stands with the keys, as StoryMove; here is the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from keyconsole.demo.accounts_and_regions import StoryKey, StoryMove
from keyconsole.demo.keys import CANADA, EAST, FRANKFURT, IRELAND, KEYS, OREGON, SYDNEY

# The trail goes back as far as CloudTrail's event history.
_TRAIL_DAYS = 90
# Newer ones keep their day: moved on, they would lie in the future.
_RECENT_DAYS = 10
# Days from Saturday and Sunday to Monday.
_WEEKEND = {6: 2, 7: 1}


class Ending(StrEnum):
    DONE = "done"
    DONE_UNANSWERED = "done, though AWS's answer was lost"
    DONE_LATE = "done after its deadline"
    REFUSED_DISABLED = "refused: the replica is Disabled"
    REFUSED_DENIED = "refused: the replica's key policy denies it"
    STALE_POLICY = "stale: a key policy had changed"
    STALE_MOVED = "stale: somebody else had moved it"
    CANCELLED = "cancelled"

    @property
    def moves(self) -> bool:
        return self in {Ending.DONE, Ending.DONE_UNANSWERED, Ending.DONE_LATE}


@dataclass(frozen=True, slots=True)
class PastChange:
    alias: str
    from_region: str
    to_region: str
    days_ago: float
    by: str
    reason: str
    ticket: str = ""
    approver: str = ""
    """Who came last to it, where others had to agree; empty where nobody did."""
    ending: Ending = Ending.DONE
    cancelled_because: str = ""
    review: str = ""
    """What the reviewer found: the change went the emergency path."""
    in_trail: bool = False
    """CloudTrail has its moment, to the second; the others fall into working hours."""

    def called_at(self, *, now: datetime) -> datetime:
        at = now - timedelta(days=self.days_ago)
        if self.in_trail:
            return at
        if self.days_ago > _RECENT_DAYS:
            at += timedelta(days=_WEEKEND.get(at.isoweekday(), 0))
        midnight = at.replace(hour=0, minute=0, second=0)
        # Later in the day the nearer it is, and at no full hour.
        minutes = 420 + 540 * (1 - self.days_ago % 1) + self.days_ago * 97 % 53
        return midnight + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class ForeignMove:
    """Nobody asked KeyConsole; the next scan found it."""

    alias: str
    from_region: str
    to_region: str
    days_ago: float


NIGHT = "First change with KeyConsole, on a key that nothing reads at night."
GAME_DAY = "Game day: the checkout team works from us-west-2 for a week."
GAME_DAY_ENDS = "The game day is over. Nothing broke; the primary goes back."

# fmt: off
CHANGES = (
    PastChange("reconciliation", EAST, IRELAND, 396.3, "ana", NIGHT, "PAY-1187", "ben"),
    PastChange(
        "customer-pii", EAST, IRELAND, 271.4, "ana",
        "Names and addresses of European customers: who administers their key sits in the EU from now on, as "
        "agreed with the data protection officer.",
        "PRIV-88", "bea", Ending.DONE_UNANSWERED,
    ),
    PastChange(
        "kyc-documents", IRELAND, FRANKFURT, 251.2, "ana",
        "The identity team and its key administrators are in Frankfurt.", "PRIV-91", "ben",
    ),
    PastChange(
        "model-weights", EAST, OREGON, 236.1, "ben",
        "The training cluster and its administrators are in Oregon. New replicas are made from there.",
        "RES-410", ending=Ending.DONE_LATE,
    ),
    PastChange(
        "invoice-store", FRANKFURT, IRELAND, 229.7, "ana",
        "Rotation of the invoice keys is run by the finance platform, in Dublin.", "PAY-1244", "bea",
    ),
    PastChange("checkout-sessions", EAST, OREGON, 219.2, "ana", GAME_DAY, "GAME-7", "ben"),
    PastChange("checkout-sessions", OREGON, EAST, 212.1, "ana", GAME_DAY_ENDS, "GAME-7", "bea"),
    PastChange(
        "fraud-features", EAST, OREGON, 132.9, "ana",
        "The fraud model is trained in us-west-2; its key administrators asked for the primary.",
        "PAY-1290", "ben", Ending.STALE_MOVED,
    ),
    PastChange(
        "chargebacks", OREGON, EAST, 116.5, "ana",
        "Disputes are handled in New York since July.", "PAY-1302", "bea", Ending.REFUSED_DENIED,
    ),
    PastChange(
        "merchant-secrets", EAST, IRELAND, 103.3, "ana",
        "Rotation of the webhook secrets is run from Dublin.", "PAY-1311",
        ending=Ending.CANCELLED, cancelled_because="Wrong key: the ticket means acquirer-links.",
    ),
    PastChange(
        "acquirer-links", IRELAND, EAST, 103.2, "ana",
        "Two acquirers are reached from us-east-1 only, and so are the people who administer this key.",
        "PAY-1311", "ben",
    ),
    PastChange(
        "biobank", IRELAND, FRANKFURT, 47.2, "bea",
        "The samples move to the new building in Heidelberg.", "RES-552", ending=Ending.STALE_POLICY,
    ),
    PastChange(
        "lab-notebooks", EAST, OREGON, 17.5, "ana", "The notebooks follow the lab to Portland.", "RES-588",
        ending=Ending.CANCELLED, cancelled_because="The lab moves in January, not now.",
    ),
    PastChange(
        "payment-queue", EAST, OREGON, 8.2, "ana",
        "The us-east-1 landing zone closes for maintenance tonight and a replica must be made before; nobody "
        "of security answers.",
        "OPS-2061",
        review="It was one: I was on a plane. The maintenance is announced to security from now on.",
    ),
    PastChange(
        "ledger", IRELAND, FRANKFURT, 6.9, "ana",
        "The ledger's administrators asked for the primary in eu-central-1 before the yearly closing.",
        "PAY-1398", "ben", Ending.REFUSED_DISABLED,
    ),
    PastChange(
        "payment-queue", OREGON, EAST, 1.1, "ana",
        "Maintenance is over; the primary goes back to us-east-1.", "OPS-2061", "ben",
    ),
)
# fmt: on

FOREIGN_MOVES = (
    ForeignMove("photo-store", EAST, SYDNEY, 187.4),
    ForeignMove("fraud-features", EAST, OREGON, 133.6),
)

# Who cannot ask here moved it with other means.
_ASKS_ELSEWHERE = "cleo"
# What the keys' own moves lack: the ticket and who approved.
_MORE = {
    ("card-vault", OREGON): ("GAME-9", "ben"),
    ("card-vault", EAST): ("GAME-9", "ben"),
    ("ledger", IRELAND): ("PRIV-117", "bea"),
    ("settlement", FRANKFURT): ("PRIV-131", "ben"),
    ("genome-index", OREGON): ("RES-519", ""),
    ("trial-data", FRANKFURT): ("RES-561", ""),
    ("old-vault", CANADA): ("ARC-40", ""),
}


def by_alias() -> dict[str, StoryKey]:
    """No two keys of the story share an alias, whatever their account."""
    return {key.alias: key for key in KEYS}


def past_changes(*, now: datetime) -> list[PastChange]:
    """In the order of time: their numbers rise with it."""
    return sorted([*CHANGES, *_told_with_keys()], key=lambda change: change.called_at(now=now))


def foreign_moves() -> list[ForeignMove]:
    with_keys = [
        ForeignMove(key.alias, move.from_region, move.to_region, move.days_ago)
        for key, move in _moves()
        if move.by == _ASKS_ELSEWHERE
    ]
    return sorted([*FOREIGN_MOVES, *with_keys], key=lambda move: -move.days_ago)


def _told_with_keys() -> Iterator[PastChange]:
    for key, move in _moves():
        if move.by == _ASKS_ELSEWHERE:
            continue
        ticket, approver = _MORE.get((key.alias, move.to_region), ("", ""))
        yield PastChange(
            key.alias,
            move.from_region,
            move.to_region,
            move.days_ago,
            move.by,
            f"{move.reason}.",
            ticket,
            approver,
            in_trail=move.days_ago <= _TRAIL_DAYS,
        )


def _moves() -> Iterator[tuple[StoryKey, StoryMove]]:
    for key in KEYS:
        for move in key.moves:
            yield key, move
