"""Roots and proofs (RFC 6962) out of tiles, reading only the few that they need. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence

from keyconsole.audit.verifier import PROOF_HEADER, WIDTH, Tree, node_hash

HASH = 32


class MissingTileError(RuntimeError):
    """A hash that a tree of this size needs is not there."""


class Nodes:
    """`read_tile` gives the hashes of a tile, by level and index; each is asked for once."""

    def __init__(self, read_tile: Callable[[int, int], bytes]) -> None:
        self._read, self._tiles = read_tile, dict[tuple[int, int], bytes]()

    def leaf(self, number: int) -> bytes | None:
        """The hash of an entry, by its number."""
        index, at = divmod(number - 1, WIDTH)
        return self._tile(0, index)[at * HASH : (at + 1) * HASH] or None

    def node(self, height: int, index: int) -> bytes:
        """The root of the complete subtree over 2 ** height leaves."""
        level, rest = divmod(height, 8)
        tile, at = divmod(index << rest, WIDTH)
        data = self._tile(level, tile)[at * HASH : (at + (1 << rest)) * HASH]
        if len(data) != HASH << rest:
            raise MissingTileError(f"tile/{level}/{tile} does not hold what the tree needs.")
        row = [data[i : i + HASH] for i in range(0, len(data), HASH)]
        while len(row) > 1:
            row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
        return row[0]

    def tree(self, size: int) -> Tree:
        return Tree(size, list(self._complete(0, size)))

    def root(self, first: int, end: int) -> bytes:
        """Of the leaves from `first` to before `end`."""
        return Tree(end - first, list(self._complete(first, end))).root()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        first, end, path = 0, size, []
        while end - first > 1:
            middle = first + _split(end - first)
            if index < middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(first, middle))
                first = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """That the first `old` leaves of the tree of `new` are those of the older tree; empty for none."""
        if not 0 < old < new:
            return []
        first, end, path, whole = 0, new, list[bytes](), True
        while old != end:
            middle = first + _split(end - first)
            if old <= middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(first, middle))
                first, whole = middle, False
        return ([] if whole else [self.root(first, end)]) + path[::-1]

    def _complete(self, first: int, end: int) -> Iterator[bytes]:
        """The complete subtrees that make it up, largest first."""
        while first < end:
            height = (end - first).bit_length() - 1
            yield self.node(height, first >> height)
            first += 1 << height

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            self._tiles[level, index] = self._read(level, index)
        return self._tiles[level, index]


def proof_text(index: int, hashes: Sequence[bytes], note: str) -> str:
    """A `.tlog-proof`: that the entry at this index is in the tree that the checkpoint signs."""
    lines = [PROOF_HEADER, f"index {index}", *(b64encode(each).decode() for each in hashes)]
    return "\n".join(lines) + "\n\n" + note


def _split(leaves: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((leaves - 1).bit_length() - 1)
