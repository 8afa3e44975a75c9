"""The record's tree in the database: tiles of 256 hashes, grown by what was recorded since.

In a table, and not in files: so all workers on all hosts have the same, and it grows in one transaction.
"""

from __future__ import annotations

from django.db import transaction

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.models import Entry, Tile
from keyconsole.audit.proofs import Nodes
from keyconsole.audit.verifier import WIDTH, leaf_hash

PORTION = 8 * WIDTH
HASH = 32


class GapError(RuntimeError):
    """An entry is missing where the tree should go on."""


def read_tile(level: int, index: int) -> bytes:
    found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(found or b"")


def nodes() -> Nodes:
    return Nodes(read_tile)


def tree_size() -> int:
    last = Tile.objects.filter(level=0).order_by("-index").first()
    return last.index * WIDTH + len(bytes(last.hashes)) // HASH if last else 0


def grow() -> int:
    """Up to the last entry that is committed; the tree's size. Raises GapError."""
    while _grow_by_a_portion() == PORTION:
        pass
    return tree_size()


def _grow_by_a_portion() -> int:
    """Entries become visible in the order of their numbers: each is written under the record's lock."""
    with transaction.atomic():
        hold(Lock.TREE)
        size = tree_size()
        rows = Entry.objects.filter(number__gt=size).order_by("number").values_list("number", "leaf")
        portion = list(rows[:PORTION])
        if not portion:
            return 0
        tree, made = nodes().tree(size), dict[int, list[bytes]]()
        for number, leaf in portion:
            if number != tree.size + 1:
                raise GapError(f"Entry {tree.size + 1} is missing.")
            for level, node in tree.append(leaf_hash(bytes(leaf))):
                made.setdefault(level, []).append(node)
        for level, hashes in made.items():
            _append(level, size >> 8 * level, hashes)
    return len(portion)


def _append(level: int, count: int, hashes: list[bytes]) -> None:
    """`count`: how many this level has already."""
    index, width = divmod(count, WIDTH)
    joined = (read_tile(level, index) if width else b"") + b"".join(hashes)
    full = WIDTH * HASH
    tiles = [
        Tile(level=level, index=index + number, hashes=joined[at : at + full])
        for number, at in enumerate(range(0, len(joined), full))
    ]
    Tile.objects.bulk_create(
        tiles, update_conflicts=True, unique_fields=["level", "index"], update_fields=["hashes"]
    )
