"""One of everything, for templates/patterns.html: the page that shows each element in each state.

Owns invented examples only, never a real key.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.messages.constants import ERROR, SUCCESS
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.utils import timezone

from keyconsole.web.pictures.history import History, Series, history
from keyconsole.web.pictures.move import Move, MoveSide, Stage
from keyconsole.web.pictures.periods import Mark, Period
from keyconsole.web.pictures.world import WorldArc, WorldRegion
from keyconsole.web.statuses import (
    CAUSES,
    CHANGE_STATES,
    CHECKS,
    KEY_STATES,
    OUTCOMES,
    ROLES,
    VISIBILITIES,
)

_REGIONS = ("us-east-1", "us-west-2", "ca-central-1", "eu-west-1", "eu-central-1", "ap-southeast-2")

_KEYS = (
    ("card-vault", "payments", "P R . R . .", ""),
    ("settlement", "payments", "R . . P . R:Disabled", ""),
    ("tokens", "payments", "P:Updating R:Updating . . . .", "settling"),
    ("chargebacks", "payments", ". P . . R:?denied .", ""),
    ("genome-index", "research", ". . . P R:PendingDeletion R", "pending"),
    ("trial-data", "research", "P:PendingReplicaDeletion . R . . .", ""),
    ("cold-store", "archive", ". . P . R:?unreachable R:Creating", ""),
)


def portfolio() -> dict[str, Any]:
    now = timezone.now()
    return {
        "now": now,
        "hour_ago": now - timedelta(hours=1, minutes=4),
        "key_id": "mrk-4f8c2d9be7a1463f90b5d2c8e7f6a1b3",
        "tables": _tables(),
        "regions": [(region, count) for region, count in zip(_REGIONS, (21, 9, 4, 14, 2, 0), strict=True)],
        "keys": [_key(number, *row, now=now) for number, row in enumerate(_KEYS)],
        "moves": [(name, _move(name, now)) for name in ("planned", "moving", "done", "unknown")],
        "periods": _periods(now),
        "marks": _marks(now),
        "start": now - timedelta(days=300),
        "history": _history(now),
        "world_regions": _world(),
        "arcs": [WorldArc("us-east-1", "eu-west-1"), WorldArc("ap-northeast-1", "ap-southeast-2")],
        "page_obj": Paginator(range(56), 20).get_page(2),
        "toasts": [
            Message(SUCCESS, "CR-12 is approved."),
            Message(ERROR, "CR-12 was not approved: you asked for it."),
        ],
    }


def _tables() -> list[tuple[str, str, list[str]]]:
    return [
        ("Key state", "state", [*KEY_STATES, "NewInAws", ""]),
        ("Role", "role", [*ROLES, ""]),
        ("Change", "change", list(CHANGE_STATES)),
        ("Outcome", "outcome", list(OUTCOMES)),
        ("Visibility", "visibility", list(VISIBILITIES)),
        ("Cause", "cause", list(CAUSES)),
        ("Check", "check", [name for name in CHECKS if name not in {"fail", "warn"}]),
    ]


def _key(number: int, alias: str, account: str, cells: str, change: str, *, now: datetime) -> dict[str, Any]:
    return {
        "alias": alias,
        "account": account,
        "key_id": f"mrk-{number}c2d9be7a1463f90b5d2c8e7f6a{number}b3f",
        "cells": [_cell(region, text) for region, text in zip(_REGIONS, cells.split(), strict=True)],
        "seen": now - timedelta(minutes=3 + 19 * number),
        "change": change,
    }


def _cell(region: str, text: str) -> tuple[str, str, str, str]:
    letter, _, state = text.partition(":")
    role = {"P": "PRIMARY", "R": "REPLICA"}.get(letter, "")
    if state.startswith("?"):
        return region, role, "", state[1:]
    return region, role, state or ("Enabled" if role else ""), "seen"


def _move(name: str, now: datetime) -> Move:
    looked, again = now - timedelta(seconds=14), now + timedelta(seconds=20)
    roles = {
        "planned": ("PRIMARY", "REPLICA"),
        "moving": ("REPLICA", "REPLICA"),
        "done": ("REPLICA", "PRIMARY"),
    }
    from_now, to_now = roles.get(name, ("REPLICA", ""))
    state = {"moving": "Updating", "unknown": "Updating"}.get(name, "Enabled")
    waits = name in {"moving", "unknown"}
    note = "AWS says Updating. Encryption and decryption go on." if waits else ""
    unseen = "The last look was denied; what was seen before is not repeated here."
    away = MoveSide(
        "us-east-1", "PRIMARY", from_now, "REPLICA", state, looked, again if waits else None, note
    )
    there = MoveSide(
        "eu-west-1",
        "REPLICA",
        to_now,
        "PRIMARY",
        state if to_now else "",
        looked,
        again if waits else None,
        note if to_now else unseen,
        visibility="seen" if to_now else "denied",
    )
    if name == "planned":
        return Move((away, there), moving=False, stage=Stage.PLANNED)
    stage = Stage.CLOSED if name == "done" else Stage.OPEN
    return Move((away, there), moving=waits, stage=stage, was_done=name == "done")


def _periods(now: datetime) -> list[Period]:
    def before(days: float) -> datetime:
        return now - timedelta(days=days)

    return [
        Period("us-east-1", before(420), before(212), "first_seen"),
        Period("eu-west-1", before(212), before(131), "change"),
        Period("us-east-1", before(104), before(37), "out_of_band", gap_before=True),
        Period("eu-west-1", before(37), before(36.5), "change"),
        Period("us-west-2", before(36.5), None, "change"),
    ]


def _marks(now: datetime) -> list[Mark]:
    return [
        Mark(now - timedelta(days=212), "change", "CR-4 made eu-west-1 the primary"),
        Mark(now - timedelta(days=104), "out_of_band", "us-east-1 became the primary without a change here"),
        Mark(now - timedelta(days=37), "change", "CR-9 made eu-west-1 the primary"),
        Mark(now - timedelta(days=36.5), "change", "CR-10 made us-west-2 the primary"),
    ]


def _world() -> list[WorldRegion]:
    counts = {
        "us-east-1": (21, 12),
        "eu-west-1": (14, 19),
        "us-west-2": (9, 16),
        "ca-central-1": (4, 7),
        "eu-central-1": (2, 11),
        "ap-southeast-2": (5, 8),
        "sa-east-1": (0, 3),
        "ap-northeast-1": (1, 0),
        "xx-future-1": (1, 2),
    }
    return [WorldRegion(region, *numbers) for region, numbers in counts.items()]


def _history(now: datetime) -> History:
    steps = 90
    moments = [now - timedelta(days=steps - 1 - number) for number in range(steps)]
    moved = [number >= 50 for number in range(steps)]
    return history(
        [
            Series("us-east-1", [21 - 6 * there for there in moved]),
            Series("eu-west-1", [8 + 6 * there for there in moved]),
        ],
        Series("drift", [number // 30 for number in range(steps)], known_from=moments[0]),
        looked=[not 20 <= number < 30 for number in range(steps)],
        moments=moments,
        start=moments[0],
        end=now,
    )
