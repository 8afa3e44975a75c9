"""The record as a static tree in a folder (C2SP tlog-tiles), which others check with their own tools."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice
from pathlib import Path

from keyconsole.audit import verifier
from keyconsole.audit.models import Entry, Receipt, SignedCheckpoint
from keyconsole.audit.proofs import proof_text
from keyconsole.audit.tiles import HASH, nodes, read_tile
from keyconsole.audit.verifier import WIDTH, Key, tile_path, tile_widths

COSIGNS = "witness"  # whose answer is one more line of the checkpoint
_BESIDE = ("VERIFY.md", "verify.go")


class NotEmptyError(RuntimeError):
    """The folder holds something already."""


def write_static_tree(folder: Path, checkpoint: SignedCheckpoint, key: Key) -> None:
    """What this checkpoint signs, and no later entry. Raises NotEmptyError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NotEmptyError(f"{folder} is not empty.")
    cosigned = "".join(bytes(each.content).decode() for each in checkpoint.receipts.filter(anchor=COSIGNS))
    (folder / "checkpoint").write_text(checkpoint.note + cosigned, encoding="utf-8")
    (folder / "key").write_text(f"{key}\n", encoding="utf-8")
    _write_tiles(folder, checkpoint.size)
    _write_entries(folder, checkpoint.size)
    _write_receipts(folder, checkpoint)
    shutil.copyfile(verifier.__file__, folder / "verifier.py")
    for name in _BESIDE:
        text = (files("keyconsole.audit") / "in_each_export" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")


def proof_of(number: int, checkpoint: SignedCheckpoint) -> str:
    """The `.tlog-proof` of one entry; raises IndexError where the checkpoint does not have it."""
    if not 0 < number <= checkpoint.size:
        raise IndexError(f"The checkpoint has entries 1 to {checkpoint.size}.")
    return proof_text(number - 1, nodes().inclusion(number - 1, checkpoint.size), checkpoint.note)


def _write_tiles(folder: Path, size: int) -> None:
    for level, index, width in tile_widths(size):
        _write(folder / tile_path(str(level), index, width), read_tile(level, index)[: width * HASH])


def _write_entries(folder: Path, size: int) -> None:
    leaves = _leaves(folder, size)
    for index in range(-(-size // WIDTH)):
        bundle = list(islice(leaves, WIDTH))
        data = b"".join(struct.pack(">H", len(leaf)) + leaf for leaf in bundle)
        _write(folder / tile_path("entries", index, min(WIDTH, size - index * WIDTH)), data)


def _leaves(folder: Path, size: int) -> Iterator[bytes]:
    """In order; what is too long for them goes to a file of its own on the way."""
    rows = Entry.objects.filter(number__lte=size).order_by("number").values_list("leaf", "material")
    for leaf, material in rows.iterator(chunk_size=4 * WIDTH):
        if material is not None:
            _write(folder / "material" / verifier.material_name(bytes(leaf)), bytes(material))
        yield bytes(leaf)


def _write_receipts(folder: Path, checkpoint: SignedCheckpoint) -> None:
    """What each place outside answered last, and the checkpoint that it is about."""
    for receipt in Receipt.objects.filter(checkpoint__origin=checkpoint.origin).order_by("anchor", "pk"):
        name = f"{receipt.anchor}-{receipt.checkpoint.size}"
        _write(folder / "anchors" / f"{name}.checkpoint", receipt.checkpoint.note.encode())
        if receipt.content != receipt.checkpoint.note.encode():
            _write(folder / "anchors" / f"{name}.receipt", bytes(receipt.content))


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
