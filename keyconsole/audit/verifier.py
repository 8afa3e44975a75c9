"""Checks an exported record of KeyConsole: this one file, Python 3.11 and the package `cryptography`.

    python verifier.py FOLDER --key KEYFILE [--known CHECKPOINT ...]

Owns the hashing of RFC 6962, notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-tiles and
tlog-proof) and what is said of a record that does not hold. Imports nothing of KeyConsole.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
FIRST = "0" * 64
ED25519 = 1
MOVED = "is not the one that stood there: it calls itself"
EMPTY_ROOT = sha256().digest()
OF_THE_CHAIN = ("v", "previous", "sha256", "data_sha256")
PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class NotValidError(ValueError):
    """A note, a key or a proof that is not what it should be; the sentence says how."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Tree:
    """A tree that grows: the roots of its complete subtrees, largest first."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """The hashes that tiles hold and that are complete now, as (level of the tile, hash)."""
        made, height, node = [(0, leaf)], 0, leaf
        while self.size >> height & 1:
            node = node_hash(self.roots.pop(), node)
            height += 1
            if height % 8 == 0:
                made.append((height // 8, node))
        self.roots.append(node)
        self.size += 1
        return made

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(left, node)
        return node


def tile_path(level: str, index: int, width: int = WIDTH) -> str:
    """`tile/0/x001/234`; with `.p/<width>` where the tile is not full."""
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def tile_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Each tile of a tree of this size: level, index, width."""
    level = 0
    while size:
        for index in range(size // WIDTH):
            yield level, index, WIDTH
        if size % WIDTH:
            yield level, size // WIDTH, size % WIDTH
        size, level = size // WIDTH, level + 1


@dataclass(frozen=True)
class Key:
    """The public half of a key that signs checkpoints."""

    name: str
    key_id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """From `name+hex(key id)+base64(0x01 and 32 bytes)`."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            found = cls(name, bytes.fromhex(key_id), raw[1:])
        except ValueError:
            raise NotValidError("This is no key for notes: name+id+key was expected.") from None
        if raw[:1] != bytes([ED25519]) or len(found.public) != 32 or found != cls.of(name, found.public):
            raise NotValidError("The key for notes is damaged: its id is not that of the key.")
        return found

    @classmethod
    def of(cls, name: str, public: bytes) -> Key:
        digest = sha256(name.encode() + b"\n" + bytes([ED25519]) + public).digest()
        return cls(name, digest[:4], public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([ED25519]) + self.public).decode()}"


@dataclass(frozen=True)
class Checkpoint:
    """What was signed: so many entries, with this root. `note` is the whole text with its signatures."""

    origin: str
    size: int
    root: bytes
    note: str

    @property
    def body(self) -> str:
        return self.note.rpartition("\n\n")[0] + "\n"

    @classmethod
    def parse(cls, note: str) -> Checkpoint:
        body, _, signatures = note.rpartition("\n\n")
        origin, size, root, *_ = [*body.split("\n"), "", "", ""]
        try:
            found = cls(origin, int(size), base64.b64decode(root, validate=True), note)
        except ValueError:
            raise NotValidError("This is no checkpoint.") from None
        if not origin or not signatures or str(abs(found.size)) != size or len(found.root) != 32:
            raise NotValidError("This is no checkpoint.")
        return found

    def is_signed_by(self, key: Key) -> bool:
        for line in self.note.rpartition("\n\n")[2].splitlines():
            dash, name, encoded, *_ = [*line.split(" "), "", "", ""]
            with suppress(ValueError, InvalidSignature):
                raw = base64.b64decode(encoded, validate=True)
                if (dash, name, raw[:4]) == ("\N{EM DASH}", key.name, key.key_id):
                    Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], self.body.encode())
                    return True
        return False


def signed(text: str, key: Key, what: str = "The checkpoint") -> Checkpoint:
    """Raises NotValidError where it is damaged, or not signed by this key."""
    checkpoint = Checkpoint.parse(text)
    if not checkpoint.is_signed_by(key):
        raise NotValidError(f"{what} is not signed by the key {key.name}+{key.key_id.hex()}.")
    return checkpoint


class Chain:
    """Each entry names the hash of the one before; those of KeyConsole 0.1.0 by that release's rule."""

    def __init__(self) -> None:
        self.previous, self.by_the_old_rule = FIRST, True

    def follow(self, number: int, leaf: bytes, material: bytes | None = None) -> str:
        """What is wrong with this entry; empty where it follows from the one before."""
        try:
            entry: dict[str, Any] = json.loads(leaf)
            problem = self._problem(entry, number, leaf, material)
        except (ValueError, KeyError, TypeError, AttributeError):
            self.previous = leaf_hash(leaf).hex()
            return f"Entry {number} is damaged."
        self.by_the_old_rule = self.by_the_old_rule and "sha256" in entry
        self.previous = entry["sha256"] if self.by_the_old_rule else leaf_hash(leaf).hex()
        return problem

    def _problem(self, entry: dict[str, Any], number: int, leaf: bytes, material: bytes | None) -> str:
        if not leaf.startswith(b'{"v":1,') or entry["number"] != number:
            return f"Entry {number} {MOVED} {entry['number']}."
        if entry["previous"] != self.previous:
            return (
                f"Entry {number} does not follow from entry {number - 1}: one of the two was changed, "
                "or one between them was removed or put in."
            )
        if material is not None and entry.get("data_sha256") != sha256(material).hexdigest():
            return f"What belongs to entry {number} was changed."
        if "sha256" in entry and not (self.by_the_old_rule and fits_old_rule(entry, material)):
            return f"Entry {number} was changed: it does not have the hash that it names."
        return ""


def fits_old_rule(entry: dict[str, Any], material: bytes | None) -> bool:
    """KeyConsole 0.1.0 hashed an entry's members together with the hash of the entry before."""
    if "data" not in entry and material is None:
        return True  # too long for the leaf, and not at hand
    content = {name: value for name, value in entry.items() if name not in OF_THE_CHAIN}
    content["data"] = entry["data"] if material is None else json.loads(material)
    whole = {"entry": content, "previous": entry["previous"]}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest() == str(entry["sha256"])


Entries = Iterable[tuple[int, bytes, bytes | None]]
"""Number, bytes of the leaf, and the longer material that belongs to it, where it is at hand."""


@dataclass
class Findings:
    size: int = 0
    intact_up_to: int = 0
    breaks: list[str] = field(default_factory=list)
    root: bytes = EMPTY_ROOT

    def words(self) -> str:
        if not self.breaks:
            return f"Intact: {self.size:,} entries."
        return " ".join([f"Intact up to entry {self.intact_up_to:,}.", *self.breaks[:5]])

    def add(self, intact_up_to: int, what: str) -> None:
        self.intact_up_to = self.intact_up_to if self.breaks else intact_up_to
        self.breaks.append(what)


class _Held:
    """Checkpoints by their size, each asked of once."""

    def __init__(self, known: Iterable[Checkpoint]) -> None:
        self.last_good, self._by_size = 0, dict[int, set[bytes]]()
        for checkpoint in known:
            self._by_size.setdefault(checkpoint.size, set()).add(checkpoint.root)

    def problem(self, tree: Tree) -> str:
        """Of a record of exactly this size."""
        if not (signed_roots := self._by_size.pop(tree.size, None)):
            return ""
        if signed_roots != {tree.root()}:
            return f"Entries {self.last_good + 1:,} to {tree.size:,} are not those that were signed."
        self.last_good = tree.size
        return ""

    def beyond(self, size: int) -> str:
        longest = max(self._by_size, default=0)
        return f"The record ends at entry {size:,}, and {longest:,} were signed." if longest > size else ""


def check(
    entries: Entries, known: Iterable[Checkpoint] = (), stored: Callable[[int], bytes | None] = lambda _: None
) -> Findings:
    """Hash the entries again, one after the other, and hold them against what was signed of them.

    `stored` gives the leaf hash that the tree holds of an entry, by its number: it tells which was changed.
    """
    found, tree, chain, held = Findings(), Tree(), Chain(), _Held(known)
    for number, leaf, material in entries:
        if number != tree.size + 1:
            found.add(tree.size, f"Entry {tree.size + 1} is missing.")
            break
        node, has = leaf_hash(leaf), stored(number)
        problem = chain.follow(number, leaf, material)
        if has is not None and has != node:
            problem = problem if MOVED in problem else f"Entry {number} was changed."
            chain.previous = chain.previous if chain.by_the_old_rule else has.hex()
        if problem:
            found.add(number - 1, problem)
        tree.append(node)
        if (problem := held.problem(tree)) and not found.breaks:
            found.add(held.last_good, problem)
    if problem := held.beyond(tree.size):
        found.add(tree.size, problem)
    found.size, found.root = tree.size, tree.root()
    found.intact_up_to = found.intact_up_to if found.breaks else tree.size
    return found


def proof_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); empty where it leads to none."""
    node, last, rest = leaf_hash(leaf), size - 1, list(proof)
    while last > 0:
        if index & 1 or index != last:
            sibling = rest.pop(0) if rest else b""
            node = node_hash(sibling, node) if index & 1 else node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return b"" if rest or index else node


def check_proof(text: str, leaf: bytes, key: Key) -> int:
    """The number of the entry that a `.tlog-proof` proves to be in the signed record."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    try:
        index = int(lines[1].removeprefix("index "))
        hashes = [base64.b64decode(line, validate=True) for line in lines[2:]]
    except (IndexError, ValueError):
        raise NotValidError("This is no proof.") from None
    checkpoint = signed(note, key)
    if lines[0] != PROOF_HEADER or proof_root(leaf, index, checkpoint.size, hashes) != checkpoint.root:
        raise NotValidError("The proof does not lead to the root of its checkpoint.")
    return index + 1


def material_name(leaf: bytes) -> str:
    name = leaf.partition(b'"data_sha256":"')[2][:64]
    return name.decode() if re.fullmatch(rb"[0-9a-f]{64}", name) else ""


class Export:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: tuple[str, bytes] = ("", b"")

    def tile(self, level: str, index: int, width: int) -> bytes:
        path = tile_path(level, index, width)
        if self._read[0] != path:
            file = self.folder / path
            self._read = (path, file.read_bytes() if file.is_file() else b"")
        return self._read[1]

    def entries(self, size: int) -> Iterator[tuple[int, bytes, bytes | None]]:
        number = 0
        for index in range(-(-size // WIDTH)):
            data = self.tile("entries", index, min(WIDTH, size - index * WIDTH))
            at = 0
            while at + 2 <= len(data):
                (length,) = struct.unpack_from(">H", data, at)
                number, at = number + 1, at + 2 + length
                leaf = data[at - length : at]
                yield number, leaf, self._material(leaf)
            if number != min(size, (index + 1) * WIDTH):
                return

    def _material(self, leaf: bytes) -> bytes | None:
        file = self.folder / "material" / (material_name(leaf) or "-")
        return file.read_bytes() if file.is_file() else None

    def wrong_tiles(self, hashes: Iterable[bytes], size: int) -> Iterator[str]:
        """Those that are not the hashes of the entries."""
        tree, made = Tree(), dict[int, bytearray]()
        for each in hashes:
            for level, node in tree.append(each):
                made.setdefault(level, bytearray()).extend(node)
        for level, index, width in tile_widths(size):
            at = index * WIDTH * 32
            if self.tile(str(level), index, width) != bytes(made.get(level, b"")[at : at + width * 32]):
                yield tile_path(str(level), index, width)


def check_export(folder: Path, key: Key, known: Iterable[Checkpoint] = ()) -> Findings:
    """Raises NotValidError, OSError."""
    export = Export(folder)
    checkpoint = signed((folder / "checkpoint").read_text(encoding="utf-8"), key)
    tiles = Export(folder)

    def stored(number: int) -> bytes | None:
        index, at = divmod(number - 1, WIDTH)
        tile = tiles.tile("0", index, min(WIDTH, checkpoint.size - index * WIDTH))
        return tile[at * 32 : at * 32 + 32] or None

    found = check(export.entries(checkpoint.size), [checkpoint, *known], stored)
    if not found.breaks:
        hashes = (leaf_hash(leaf) for _, leaf, _ in export.entries(checkpoint.size))
        found.breaks += [
            f"{path} is not what the entries make." for path in export.wrong_tiles(hashes, found.size)
        ]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """0 intact, 1 a break, 2 it cannot be checked."""
    parser = argparse.ArgumentParser(description="Check an exported record of KeyConsole.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, help="the key as you know it from elsewhere")
    parser.add_argument("--known", type=Path, nargs="*", default=[], help="checkpoints kept elsewhere")
    options = parser.parse_args(arguments)
    try:
        key = Key.parse((options.key or options.folder / "key").read_text(encoding="utf-8"))
        known = [signed(file.read_text(encoding="utf-8"), key, str(file)) for file in options.known]
        found = check_export(options.folder, key, known)
    except OSError as error:
        sys.stderr.write(f"Cannot be read: {error}\n")
        return 2
    except NotValidError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{found.words()} Signed by {key}{'' if options.key else ', as the export says'}.\n")
    return 1 if found.breaks else 0


if __name__ == "__main__":
    sys.exit(main())
