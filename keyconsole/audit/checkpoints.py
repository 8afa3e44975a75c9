"""Signing the tree, after what was signed before was proved to be still in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from keyconsole.audit.models import SignedCheckpoint
from keyconsole.audit.notes import Signer, sign_checkpoint
from keyconsole.audit.proofs import MissingTileError, Nodes
from keyconsole.audit.tiles import GapError, grow, nodes
from keyconsole.audit.verifier import Checkpoint, Key, NotValidError, signed


class RewrittenError(RuntimeError):
    """The record is not what was signed of it before; nothing more is signed. The sentence says what."""


@dataclass(frozen=True, slots=True)
class Known:
    """A checkpoint that was signed before, and where it was found."""

    where: str
    note: str


def newest(origin: str) -> SignedCheckpoint | None:
    return SignedCheckpoint.objects.filter(origin=origin).order_by("-size", "-pk").first()


def in_database(origin: str) -> list[Known]:
    found = newest(origin)
    return [Known("in the database", found.note)] if found else []


def sign_now(
    signer: Signer, *, origin: str, accepted: Iterable[Key], known: Iterable[Known], now: datetime
) -> SignedCheckpoint | None:
    """None where nothing was recorded since the last one. `accepted`: keys that signed before.

    Raises RewrittenError. Never inside a transaction: the signer may be far away.
    """
    keys, before = [signer.key, *accepted], [*in_database(origin), *known]
    try:
        size = grow()
        tree = nodes()
        for each in before:
            prove(each, tree, size, origin=origin, keys=keys)
        last = newest(origin)
        if last and last.size == size:
            return None
        root = tree.root(0, size)
    except (GapError, MissingTileError) as error:
        raise RewrittenError(str(error)) from None
    note = sign_checkpoint(signer, origin=origin, size=size, root=root).note
    with transaction.atomic():
        return SignedCheckpoint.objects.create(origin=origin, size=size, root=root, note=note, signed_at=now)


def prove(known: Known, tree: Nodes, size: int, *, origin: str, keys: Iterable[Key]) -> None:
    """That this tree is a later state of what was signed then; raises RewrittenError."""
    checkpoint = _genuine(known, keys)
    if checkpoint.origin != origin:
        raise RewrittenError(f"The checkpoint {known.where} is of {checkpoint.origin}, and not of {origin}.")
    if checkpoint.size > size:
        raise RewrittenError(
            f"The record ends at entry {size:,}, and the checkpoint {known.where} signed {checkpoint.size:,}."
        )
    if tree.root(0, checkpoint.size) != checkpoint.root:
        raise RewrittenError(
            f"Entries 1 to {checkpoint.size:,} are not those that the checkpoint {known.where} signed."
        )


def _genuine(known: Known, keys: Iterable[Key]) -> Checkpoint:
    for key in keys:
        try:
            return signed(known.note, key)
        except NotValidError:
            continue
    raise RewrittenError(f"The checkpoint {known.where} is not signed by a key of ours, or was changed.")
