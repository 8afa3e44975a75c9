"""How long tests wait for what a quiet machine does at once: long, since every wait ends early.

No verdict rests on how long something took; only what never comes fails, after this.
"""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0  # seconds
BETWEEN_LOOKS = 0.02


def wait_until(true: Callable[[], bool], *, what: str | Callable[[], str]) -> None:
    """`what` ends the sentence of the failure; called then, where it tells more than is known now."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            told = what if isinstance(what, str) else what()
            raise AssertionError(f"waited {PATIENCE:.0f} s in vain until {told}")
        time.sleep(BETWEEN_LOOKS)
