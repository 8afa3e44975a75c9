"""What one look at one Region of an account gave, before it is stored. Values only: no database, no AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from keyconsole.inventory.models import Outcome, Sight
from keyconsole.kms.facts import RegionKeyFacts, RotationFacts

# What an outcome says about keys that the look did not show; the others say nothing about them.
BLIND: dict[Outcome, Sight] = {
    Outcome.DENIED: Sight.DENIED,
    Outcome.UNREACHABLE: Sight.UNREACHABLE,
    Outcome.FAILED: Sight.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Details:
    """The second depth. None: could not be read, or does not apply; `problem` says which could not."""

    policy: str | None = None
    tags: dict[str, str] | None = None
    rotation: RotationFacts | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SeenKey:
    facts: RegionKeyFacts
    looked_at: datetime
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class RegionObservation:
    """`listed` is None where the Region could not be listed, `aliases` where they could not be read.

    `undescribed` are keys that are there and could not be described, with what to call that.
    """

    region: str
    outcome: Outcome
    started_at: datetime
    finished_at: datetime
    problem: str = ""
    listed: frozenset[str] | None = None
    seen: tuple[SeenKey, ...] = ()
    undescribed: Mapping[str, Sight] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] | None = None
    calls: int = 0
