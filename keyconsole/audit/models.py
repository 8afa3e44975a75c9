"""What happened: one table that is only appended to, by `log.record` alone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from keyconsole.audit.events import DESCRIPTIONS
from keyconsole.lease import Leased, due_index


class EntryManager(models.Manager["Entry"]):
    """Pages read the columns; the bytes, which may be long, are for those who check them."""

    def get_queryset(self) -> models.QuerySet[Entry]:
        return super().get_queryset().defer("leaf", "material")


class Entry(models.Model):
    """One event: who, what, about which thing. `leaf` is the entry; the other columns are to find it by."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)  # an `Event`; no choices: each new one would be a migration
    actor = models.CharField(max_length=150)
    subject = models.CharField(max_length=300)
    account_id = models.CharField(max_length=12, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(
        max_length=64
    )  # of the leaf; in entries of 0.1.0 the hash of that release's chain
    leaf = models.BinaryField()
    material = models.BinaryField(
        null=True
    )  # the data's bytes, where the leaf only has room for their SHA-256

    objects: ClassVar[models.Manager[Entry]] = EntryManager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["subject", "number"], name="entry_subject"),
            models.Index(fields=["event", "number"], name="entry_event"),
            models.Index(fields=["account_id", "number"], name="entry_account"),
        ]

    @property
    def describes(self) -> str:
        return DESCRIPTIONS[self.event]

    def content(self) -> dict[str, Any]:
        """What it tells, as its leaf has it."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "event": self.event,
            "actor": self.actor,
            "subject": self.subject,
            "account_id": self.account_id,
            "data": self.data,
        }


class Tile(models.Model):
    """Up to 256 hashes of the record's tree, in a row: C2SP tlog-tiles. The last one of a level grows."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hashes = models.BinaryField()

    objects: ClassVar[models.Manager[Tile]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_a_place")]


class SignedCheckpoint(models.Model):
    """So many entries, with this root: signed. `note` is the text as it was signed, with its signatures."""

    origin = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SignedCheckpoint]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["origin", "size"], name="checkpoint_size")]


class Receipt(models.Model):
    """That a checkpoint is kept elsewhere: what the place answered, byte for byte."""

    anchor = models.CharField(max_length=40)
    checkpoint = models.ForeignKey(SignedCheckpoint, on_delete=models.PROTECT, related_name="receipts")
    kept_at = models.DateTimeField()
    where = models.TextField()
    content = models.BinaryField()

    objects: ClassVar[models.Manager[Receipt]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["anchor", "checkpoint"], name="one_receipt_a_checkpoint")
        ]


class Duty(Leased):
    """What workers owe the record again and again, one at a time, and what came of it last."""

    name = models.CharField(max_length=40, unique=True)
    done_at = models.DateTimeField(null=True, blank=True)  # came to its end, whatever it found
    size = models.PositiveBigIntegerField(default=0)  # entries that it reached
    problem = models.TextField(blank=True, default="")  # empty: all is well
    problem_at = models.DateTimeField(null=True, blank=True)
    is_break = models.BooleanField(default=False)  # the problem is the record itself

    objects: ClassVar[models.Manager[Duty]] = models.Manager()

    class Meta:
        indexes = [due_index("duty_due")]

    def __str__(self) -> str:
        return f"the record's {self.name}"
