"""What we last saw at AWS: sets, their Region keys, who was primary when, and the scans that looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.lease import Leased, due_index


class Sight(models.TextChoices):
    """What the last look at a Region key's Region gave. *Unknown* is a value, never absent or failed."""

    SEEN = "seen"
    DENIED = "denied"  # we may not look there
    UNREACHABLE = "unreachable"  # no answer from there
    UNLOOKED = "unlooked"  # another Region's key names it; nobody has looked there
    GONE = "gone"  # a good look no longer showed it


class MultiRegionKey(models.Model):
    """A multi-Region key: the set of Region keys that share one key id in one account."""

    account = models.ForeignKey(AwsAccount, on_delete=models.CASCADE, related_name="keys")
    key_id = models.CharField(max_length=100)
    primary_region = models.CharField(max_length=32, blank=True)  # empty: unknown
    key_spec = models.CharField(max_length=40, blank=True)
    key_usage = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=40, blank=True)
    alias = models.CharField(max_length=256, blank=True)  # the primary's first alias, else any Region's
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects: ClassVar[models.Manager[MultiRegionKey]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key_id"], name="one_key_per_account")]
        indexes = [
            models.Index(fields=["alias"], name="key_alias"),
            models.Index(fields=["primary_region"], name="key_primary_region"),
        ]

    def __str__(self) -> str:
        return self.alias or self.key_id

    def get_absolute_url(self) -> str:
        return reverse("key", args=[self.account.account_id, self.key_id])

    @property
    def name(self) -> str:
        """The alias without its `alias/`, or the key id where it has none."""
        return self.alias.removeprefix("alias/") or self.key_id

    def arn_in(self, region: str) -> str:
        return f"arn:{self.account.partition}:kms:{region}:{self.account.account_id}:key/{self.key_id}"


class RegionKey(models.Model):
    """One member of a multi-Region key, as its own Region last showed it.

    `role` and `state` keep AWS's words; both are empty where they were never seen.
    `sight` says what the last look gave: the other fields then are as of `last_seen_at`.
    """

    key = models.ForeignKey(MultiRegionKey, on_delete=models.CASCADE, related_name="region_keys")
    region = models.CharField(max_length=32)
    sight = models.CharField(max_length=12, choices=Sight.choices, default=Sight.UNLOOKED)
    role = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=30, blank=True)
    description = models.TextField(blank=True)
    aliases = models.JSONField(default=list)
    created_at = models.DateTimeField(null=True)
    deletion_at = models.DateTimeField(null=True)
    pending_window_days = models.PositiveSmallIntegerField(null=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    last_look_at = models.DateTimeField(null=True)

    # The second depth. None or empty with `details_at` unset: never read.
    details_at = models.DateTimeField(null=True)
    details_problem = models.TextField(blank=True)
    policy = models.TextField(blank=True)
    policy_sha256 = models.CharField(max_length=64, blank=True)
    tags = models.JSONField(default=dict)
    rotation = models.JSONField(null=True)

    objects: ClassVar[models.Manager[RegionKey]] = models.Manager()

    class Meta:
        ordering = ["region"]
        constraints = [
            models.UniqueConstraint(fields=["key", "region"], name="one_region_key"),
            models.CheckConstraint(condition=Q(sight__in=Sight.values), name="region_key_known_sight"),
        ]
        indexes = [models.Index(fields=["region", "role"], name="region_key_region_role")]

    @property
    def arn(self) -> str:
        return self.key.arn_in(self.region)

    @property
    def is_visible(self) -> bool:
        return self.sight == Sight.SEEN


class Cause(models.TextChoices):
    """How we know that a period of being primary began."""

    FIRST_SEEN = "first-seen"
    CHANGE = "change"  # a change of ours moved it
    OUT_OF_BAND = "out-of-band"  # a scan found it moved; nobody asked here


class PrimaryPeriod(models.Model):
    """From when to when a Region was primary. The open period has no end.

    `not_before` is the last time the primary was still seen elsewhere: the move happened between
    `not_before` and `started_at`. None where that is exact or was never known. `confirmed_at` is the
    last look that still found it here.
    """

    key = models.ForeignKey(MultiRegionKey, on_delete=models.CASCADE, related_name="primary_periods")
    region = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    change_ref = models.CharField(max_length=20, blank=True)

    objects: ClassVar[models.Manager[PrimaryPeriod]] = models.Manager()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(ended_at=None), name="one_open_period_per_key"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")),
                name="period_ends_after_start",
            ),
        ]


class DriftPeriod(models.Model):
    """From when to when scans found a replica of a key not as its primary. The open period has no end."""

    key = models.ForeignKey(MultiRegionKey, on_delete=models.CASCADE, related_name="drift_periods")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[DriftPeriod]] = models.Manager()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="one_open_drift_per_key")
        ]
        indexes = [models.Index(fields=["started_at"], name="drift_started")]


class Depth(models.TextChoices):
    KEYS = "keys"  # ListKeys, DescribeKey, ListAliases
    DETAILS = "details"  # also policy, tags and rotation


class ScanState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"  # the account could not be entered at all
    LOST = "lost"  # its worker died; what it had stored stays


class Scan(Leased):
    """One look at one AWS account."""

    account = models.ForeignKey(AwsAccount, on_delete=models.CASCADE, related_name="scans")
    depth = models.CharField(max_length=10, choices=Depth.choices, default=Depth.KEYS)
    state = models.CharField(max_length=10, choices=ScanState.choices, default=ScanState.WAITING)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)
    calls = models.JSONField(default=dict)  # by operation
    keys_seen = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Scan]] = models.Manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_scan_per_account",
            )
        ]
        indexes = [
            due_index("scan_due"),
            models.Index(fields=["account", "-asked_at"], name="scan_account_asked"),
            models.Index(fields=["finished_at"], name="scan_finished"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in {ScanState.WAITING, ScanState.RUNNING}

    @property
    def took(self) -> timedelta | None:
        end: datetime | None = self.finished_at
        return end - self.started_at if end and self.started_at else None


class Outcome(models.TextChoices):
    """What a scan found in one Region. Empty, denied and unreachable are three different answers."""

    WAITING = "waiting"
    RUNNING = "running"
    SEEN = "seen"
    EMPTY = "empty"  # read completely; no multi-Region key there
    PARTIAL = "partial"  # some keys could not be described
    DENIED = "denied"
    UNREACHABLE = "unreachable"
    FAILED = "failed"  # another answer; `problem` has it


class RegionScan(models.Model):
    """One Region's part of a scan."""

    scan = models.ForeignKey(Scan, on_delete=models.CASCADE, related_name="region_scans")
    region = models.CharField(max_length=32)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    problem = models.TextField(blank=True)
    keys_seen = models.PositiveIntegerField(default=0)
    keys_denied = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[RegionScan]] = models.Manager()

    class Meta:
        ordering = ["region"]
        constraints = [models.UniqueConstraint(fields=["scan", "region"], name="one_part_per_region")]

    @property
    def was_read(self) -> bool:
        """Whether it could be listed: otherwise its number of keys says nothing."""
        return self.outcome in {Outcome.SEEN, Outcome.EMPTY, Outcome.PARTIAL}
