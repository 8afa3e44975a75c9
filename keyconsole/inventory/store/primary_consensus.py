"""Which Region is the primary, when all that a scan saw of a key is put together. Pure.

While KMS moves a primary, its members disagree, or none or two of them say PRIMARY, for seconds and at times
for minutes. That is no answer, and no alarm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from keyconsole.inventory.observation import SeenKey
from keyconsole.kms.facts import KeyState, Role


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by_itself`: the primary said so; else only its replicas did."""

    region: str
    seen_at: datetime
    by_itself: bool


def judge(seen: Collection[SeenKey]) -> Verdict | None:
    """The primary that every member seen agrees on, or None where they do not agree (yet)."""
    if not seen or any(key.facts.state is KeyState.UPDATING for key in seen):
        return None
    named = {key.facts.primary.region for key in seen}
    claiming = [key for key in seen if key.facts.role is Role.PRIMARY]
    if len(named) != 1 or len(claiming) > 1:
        return None
    (region,) = named
    if claiming:
        own = claiming[0]
        return Verdict(region, own.looked_at, by_itself=True) if own.facts.region == region else None
    if region in {key.facts.region for key in seen}:
        return None
    return Verdict(region, min(key.looked_at for key in seen), by_itself=False)
