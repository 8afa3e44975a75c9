"""Which workers there are, and when each was last alive."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Worker(models.Model):
    """One process. It writes `seen_at` every few seconds for as long as it lives."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # it was asked to end: nobody misses it

    objects: ClassVar[models.Manager[Worker]] = models.Manager()

    class Meta:
        ordering = ["-seen_at"]


class WriteProbe(models.Model):
    """One row that is written to find out whether the database takes writes."""

    written_at = models.DateTimeField()

    objects: ClassVar[models.Manager[WriteProbe]] = models.Manager()
