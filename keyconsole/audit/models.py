"""What happened: one table that is only appended to, by `log.record` alone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from keyconsole.audit.events import DESCRIPTIONS


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
