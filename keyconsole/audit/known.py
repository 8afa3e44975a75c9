"""Everything that was signed of this record, gathered to hold the entries against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keyconsole.audit.checkpoints import Known
from keyconsole.audit.models import SignedCheckpoint
from keyconsole.audit.tiles import nodes
from keyconsole.audit.verification import check_record
from keyconsole.audit.verifier import Checkpoint, Findings, Key, NotValidError, signed


def check_all(origin: str, known: Iterable[Known] = (), *, keys: Sequence[Key] = ()) -> Findings:
    """The whole record, against its tree and every checkpoint under this origin.

    With `keys`, a checkpoint that was signed by none of them is a break too.
    """
    forged, checkpoints = list[str](), list[Checkpoint]()
    for each in [*_stored(origin), *known]:
        checkpoint = _read(each, keys)
        if checkpoint is None:
            forged.append(f"The checkpoint {each.where} is not signed by a key of ours, or was changed.")
        else:
            checkpoints.append(checkpoint)
    found = check_record(checkpoints, nodes().leaf)
    for problem in forged:
        found.add(found.size, problem)
    return found


def _stored(origin: str) -> Iterator[Known]:
    rows = SignedCheckpoint.objects.filter(origin=origin).order_by("pk").values_list("size", "note")
    for size, note in rows.iterator(chunk_size=1000):
        yield Known(f"of {size:,} entries in the database", note)


def _read(known: Known, keys: Sequence[Key]) -> Checkpoint | None:
    try:
        if not keys:
            return Checkpoint.parse(known.note)
    except NotValidError:
        return None
    for key in keys:
        try:
            return signed(known.note, key)
        except NotValidError:
            continue
    return None
