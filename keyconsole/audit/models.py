"""What happened: one append-only table. `log.record` is the only writer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from keyconsole.audit.events import DESCRIPTIONS


class EntryQuerySet(models.QuerySet["Entry"]):
    def newest_first(self) -> EntryQuerySet:
        return self.order_by("-number")


class Entry(models.Model):
    """One event: who, what, about which thing, and the hash that chains it to the one before."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)  # an `Event`; no choices: each new one would be a migration
    actor = models.CharField(max_length=150)
    subject = models.CharField(max_length=300)
    account_id = models.CharField(max_length=12, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Entry]] = EntryQuerySet.as_manager()

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
        """What the hash covers."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "event": self.event,
            "actor": self.actor,
            "subject": self.subject,
            "account_id": self.account_id,
            "data": self.data,
        }
