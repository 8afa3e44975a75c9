"""Where notifications go, and each one that was sent or is still to be sent.

A route holds names of environment variables, never an address or a secret: the database, the pages and the
record can all be read without learning one.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from keyconsole.lease import Leased, due_index


class Kind(models.TextChoices):
    APPRISE = "apprise"
    WEBHOOK = "webhook"


class Route(models.Model):
    """One place that hears about some topics in some AWS accounts; empty lists mean all of them."""

    name = models.SlugField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    url_env = models.CharField(max_length=100)
    secret_env = models.CharField(max_length=100, blank=True)
    topics = models.JSONField(default=list)
    accounts = models.JSONField(default=list)
    added_by = models.CharField(max_length=150)
    added_at = models.DateTimeField()
    # A removed route stays: its deliveries are part of the past.
    removed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Route]] = models.Manager()

    class Meta:
        ordering = ["name", "-added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at=None), name="one_route_of_a_name"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="route_known_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    def hears(self, topic: str, *, account_id: str) -> bool:
        """What belongs to no account goes only to routes for all accounts."""
        return (not self.topics or topic in self.topics) and (
            not self.accounts or account_id in self.accounts
        )


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    FAILED = "failed"  # tried, and will be tried again at due_at
    SENT = "sent"
    DEAD = "dead"  # tried as often as it will be, until somebody says again


TO_SEND = (DeliveryState.WAITING, DeliveryState.FAILED)


class Delivery(Leased):
    """One message to one recipient: a route, or a person by e-mail."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    topic = models.CharField(max_length=64)
    account_id = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING.value)
    tries = models.PositiveSmallIntegerField(default=0)
    last_problem = models.CharField(max_length=300, blank=True)
    # What was told already is not told again: the same key, one number for each time it is told anew.
    dedupe_key = models.CharField(max_length=200, blank=True)
    repeat = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-created_at", "-pk"]
        indexes = [
            due_index("delivery_due"),
            models.Index(fields=["path", "topic"], name="delivery_path"),  # what was told about a page
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="delivery_sent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(route=None, person__isnull=False) | Q(route__isnull=False, person=None),
                name="delivery_to_a_route_or_a_person",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_known_state"),
            models.UniqueConstraint(
                fields=["dedupe_key", "route", "repeat"],
                condition=~Q(dedupe_key="") & Q(person=None),
                name="told_a_route_once",
            ),
            models.UniqueConstraint(
                fields=["dedupe_key", "person", "repeat"],
                condition=~Q(dedupe_key="") & Q(route=None),
                name="told_a_person_once",
            ),
        ]

    @property
    def recipient(self) -> str:
        if self.route:
            return self.route.name
        return self.person.username if isinstance(self.person, User) else ""
