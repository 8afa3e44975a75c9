"""Which keys somebody above is moving right now. A scan leaves the primaries of those to them.

The rooms above register here when they start; this room knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from keyconsole.inventory.models import MultiRegionKey

# Takes our primary keys of MultiRegionKey, gives those that are being moved.
Ask = Callable[[Collection[int]], set[int]]
_asked: list[Ask] = []


def leave_to(ask: Ask) -> None:
    if ask not in _asked:
        _asked.append(ask)


def being_moved(keys: Collection[MultiRegionKey]) -> set[int]:
    wanted = [key.pk for key in keys]
    return {pk for ask in _asked for pk in ask(wanted)} if wanted else set()
