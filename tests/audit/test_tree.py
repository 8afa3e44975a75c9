"""The tree against the words of RFC 6962, for every small size; its proofs, tiles and paths."""

from __future__ import annotations

from hashlib import sha256

import pytest

from keyconsole.audit.proofs import MissingTileError, Nodes, proof_text
from keyconsole.audit.verifier import (
    WIDTH,
    Checkpoint,
    Key,
    NotValidError,
    Tree,
    check_proof,
    leaf_hash,
    node_hash,
    proof_root,
    tile_path,
    tile_widths,
)

LEAVES = [str(number).encode() for number in range(700)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def by_definition(hashes: list[bytes]) -> bytes:
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(by_definition(hashes[:middle]), by_definition(hashes[middle:]))


def grown(size: int) -> tuple[Tree, Nodes]:
    tree, tiles = Tree(), dict[tuple[int, int], bytes]()
    counts: dict[int, int] = {}
    for each in HASHES[:size]:
        for level, node in tree.append(each):
            place = (level, counts.get(level, 0) // WIDTH)
            tiles[place] = tiles.get(place, b"") + node
            counts[level] = counts.get(level, 0) + 1
    return tree, Nodes(lambda level, index: tiles.get((level, index), b""))


@pytest.mark.parametrize("size", [*range(20), 255, 256, 257, 511, 512, 513, 700])
def test_the_root_is_that_of_the_definition_grown_or_read_from_tiles(size):
    tree, nodes = grown(size)
    assert tree.root() == by_definition(HASHES[:size]) == nodes.root(0, size)
    assert nodes.tree(size) == tree


def test_a_root_as_of_any_earlier_size_can_be_read_from_later_tiles():
    _, nodes = grown(600)
    for size in (1, 7, 256, 300, 511, 599):
        assert nodes.root(0, size) == by_definition(HASHES[:size])


@pytest.mark.parametrize("size", [*range(1, 12), 256, 257, 600])
def test_an_inclusion_proof_leads_to_the_root_and_that_of_another_entry_does_not(size):
    _, nodes = grown(size)
    for index in {0, size // 2, size - 1}:
        proof = nodes.inclusion(index, size)
        assert proof_root(LEAVES[index], index, size, proof) == nodes.root(0, size)
        assert proof_root(b"forged", index, size, proof) != nodes.root(0, size)
        assert proof_root(LEAVES[index], index, size, [*proof, b"x" * 32]) == b""
        assert proof_root(LEAVES[index], index + size, size, proof) != nodes.root(0, size)


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    left = right = path.pop(0)
    for each in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            left, right = node_hash(each, left), node_hash(each, right)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            right = node_hash(right, each)
        first, last = first >> 1, last >> 1
    return (left, right, last) == (old_root, new_root, 0)


@pytest.mark.parametrize("new", [*range(2, 18), 257, 600])
def test_a_consistency_proof_shows_that_the_older_tree_is_in_the_newer(new):
    _, nodes = grown(new)
    for old in {*range(1, min(new, 17)), new - 1}:
        proof = nodes.consistency(old, new)
        roots = nodes.root(0, old), nodes.root(0, new)
        assert consistent(old, new, *roots, proof)
        assert not consistent(old, new, b"x" * 32, roots[1], proof)


def test_from_nothing_or_to_the_same_tree_nothing_is_to_be_proved():
    _, nodes = grown(9)
    assert nodes.consistency(0, 9) == nodes.consistency(9, 9) == []


def test_a_tile_that_is_missing_is_said_to_be():
    with pytest.raises(MissingTileError):
        Nodes(lambda *_: b"").root(0, 5)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (5, 256, "tile/0/005"),
        (1234, 256, "tile/0/x001/234"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (1234067, 8, "tile/0/x001/x234/067.p/8"),
    ],
)
def test_paths_are_groups_of_three_digits(index, width, path):
    assert tile_path("0", index, width) == path


def test_which_tiles_a_tree_has():
    assert list(tile_widths(0)) == []
    assert list(tile_widths(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tile_widths(700)) == [(0, 0, 256), (0, 1, 256), (0, 2, 188), (1, 0, 2)]
    assert (2, 0, 3) in list(tile_widths(3 * 256 * 256 + 9))


def test_what_is_no_key_no_checkpoint_and_no_proof_is_refused():
    key = Key.of("example.org/record", b"k" * 32)
    assert Key.parse(f"{key}\n") == key
    for text in ("", "a+b", f"{key}AAAA", str(key).replace("example", "examples")):
        with pytest.raises(NotValidError):
            Key.parse(text)
    for note in ("", "a\n1\n", "a\n-1\nAAAA\n\nx", f"a\n01\n{'A' * 43}=\n\nx\n"):
        with pytest.raises(NotValidError):
            Checkpoint.parse(note)
    for text in ("", "c2sp.org/tlog-proof@v1\nindex x\n\nnote", proof_text(0, [], "no note")):
        with pytest.raises(NotValidError):
            check_proof(text, b"", key)
