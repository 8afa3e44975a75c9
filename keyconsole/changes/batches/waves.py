"""Which lines of a batch may be sent now, so that KMS never throttles a wave. Pure.

KMS takes five UpdatePrimaryRegion a second from an account, and counts each in both of its Regions
(AWS's list of request quotas, 2026). A wave leaves one of the five to everybody else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

AT_MOST = 4
# A call may have been counted as late as its answer; a second after that it no longer is.
COUNTS_FOR = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Move:
    """One call, made or to be made; `ref` names its change."""

    ref: str
    account_id: str
    key_id: str
    from_region: str
    to_region: str

    @property
    def places(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Where KMS counts it."""
        return (self.account_id, self.from_region), (self.account_id, self.to_region)


def next_wave(waiting: Sequence[Move], busy: Iterable[Move], *, at_most: int = AT_MOST) -> list[Move]:
    """Those of `waiting`, in order, that find room beside `busy`: calls not yet made, or made just now."""
    under_way = list(busy)
    used = Counter(place for move in under_way for place in move.places)
    keys = {(move.account_id, move.key_id) for move in under_way}
    wave = []
    for move in waiting:
        key = (move.account_id, move.key_id)
        if key not in keys and all(used[place] < at_most for place in move.places):
            used.update(move.places)
            keys.add(key)
            wave.append(move)
    return wave
