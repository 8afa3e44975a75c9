"""What people prove themselves with, beside their password. Secrets never stand here, only their hashes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

NAME_AT_MOST = 60


class PersonalToken(models.Model):
    """A secret that programs act with as one person, until it expires or is ended."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_tokens"
    )
    name = models.CharField(max_length=NAME_AT_MOST)  # what it is for, in its person's words
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_via = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_via = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    objects: ClassVar[models.Manager[PersonalToken]] = models.Manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            # A name says which one is meant, as long as it can be ended.
            models.UniqueConstraint(
                fields=["person", "name"], condition=models.Q(ended_at=None), name="one_token_of_a_name"
            ),
        ]

    def is_in_force(self, now: datetime) -> bool:
        return self.ended_at is None and self.expires_at > now
