"""A record that is signed, and the hand of somebody who writes to the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.leaf import write
from keyconsole.audit.log import Happened, record_all
from keyconsole.audit.models import Duty, Entry, SignedCheckpoint, Tile
from keyconsole.audit.verifier import FIRST, Findings, Key, check_export, leaf_hash
from keyconsole.worker.record import duties

ORIGIN = "keys.example.org/record"


def happen(count: int, *, actor: str = "ana") -> None:
    told = [
        Happened(event=Event.CHANGE_COMMENTED, actor=actor, subject=f"CR-{n}", data={"n": n})
        for n in range(count)
    ]
    with transaction.atomic():
        record_all(told, now=timezone.now())


def carry_out(name: str) -> Duty:
    """As a worker does, now."""
    now = timezone.now()
    duties.make_sure(now=now)
    Duty.objects.filter(name=name).update(due_at=now)
    duties.step(Duty.objects.get(name=name), clock=timezone.now)
    return Duty.objects.get(name=name)


def sign() -> Duty:
    return carry_out("checkpoint")


def export(folder: Path) -> Path:
    call_command("export_audit", str(folder), verbosity=0)
    return folder


def checked(folder: Path) -> Findings:
    return check_export(folder, Key.parse((folder / "key").read_text()))


def rewrite(number: int, **columns: Any) -> None:
    """One entry, its bytes with it."""
    entry = Entry.objects.get(number=number)
    leaf = json.loads(bytes(entry.leaf)) | columns
    forged = write({name: leaf[name] for name in list(leaf)[1:-1]}, previous=leaf["previous"]).leaf
    Entry.objects.filter(number=number).update(leaf=forged, sha256=leaf_hash(forged).hex(), **columns)


def make_anew(first: int = 1) -> None:
    """All that follows from there: chain, tree, and what says that it is so."""
    previous = Entry.objects.get(number=first - 1).sha256 if first > 1 else FIRST
    rows = list(Entry.objects.filter(number__gte=first).order_by("number"))
    for entry in rows:
        Entry.objects.filter(pk=entry.pk).update(previous=f"later {entry.number}")
    for number, entry in enumerate(rows, start=first):
        content = entry.content() | {"number": number}
        leaf = write(content, previous=previous).leaf
        digest = leaf_hash(leaf).hex()
        Entry.objects.filter(pk=entry.pk).update(number=number, previous=previous, leaf=leaf, sha256=digest)
        previous = digest
    Tile.objects.all().delete()


def forget_checkpoints() -> None:
    SignedCheckpoint.objects.all().delete()
