"""What someone wants: a change, who approved it, the one attempt, and each look at its Regions.

Only `transition.move` writes `Change.state`.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from keyconsole.audit.given_proof import HOW_AT_MOST
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.states import CLOSED, IN_FLIGHT, OPEN, State
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.lease import Leased, due_index
from keyconsole.policies.models import PolicyVersion
from keyconsole.references import BATCH, CHANGE, reference

_OPEN_VALUES = sorted(state.value for state in OPEN)


class KindName(models.TextChoices):
    """The kinds of change. What each of them means stands in a package of `kinds/`."""

    UPDATE_PRIMARY_REGION = "update-primary-region"


class ChangeQuerySet(models.QuerySet["Change"]):
    def open(self) -> ChangeQuerySet:
        return self.filter(state__in=_OPEN_VALUES)

    def closed(self) -> ChangeQuerySet:
        return self.filter(state__in=[state.value for state in CLOSED])

    def in_flight(self) -> ChangeQuerySet:
        return self.filter(state__in=[state.value for state in IN_FLIGHT])

    def visible_in(self, accounts: models.QuerySet[AwsAccount]) -> ChangeQuerySet:
        return self.filter(key__account__in=accounts)

    def newest_first(self) -> ChangeQuerySet:
        return self.order_by("-number")


class Change(Leased):
    """What somebody wants of one key. Of which kind, `kind` says; what that means, `kinds/`.

    `to_region` is the Region that was asked for, `from_region` the one that it concerns besides, if any.
    """

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(
        max_length=40, choices=KindName.choices, default=KindName.UPDATE_PRIMARY_REGION.value
    )
    key = models.ForeignKey(MultiRegionKey, on_delete=models.PROTECT, related_name="changes")
    from_region = models.CharField(max_length=32)
    to_region = models.CharField(max_length=32)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requested_changes"
    )
    reason = models.TextField()
    ticket = models.CharField(max_length=100, blank=True)
    request_token = models.CharField(max_length=64, unique=True)  # a form sent twice asks once

    plan = models.JSONField()
    plan_sha256 = models.CharField(max_length=64)

    # The rules that held when it was asked for. They stay with it whatever becomes of the policy.
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True)
    rules = models.JSONField(default=dict)
    policy_why = models.TextField(blank=True)
    is_emergency = models.BooleanField(default=False)
    batch = models.ForeignKey(
        "Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="changes"
    )
    # The emergency that took the place of this one while it waited.
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    state = models.CharField(
        max_length=12, choices=[(state.value, state.value) for state in State], default=State.PENDING.value
    )
    version = models.PositiveIntegerField(default=1)  # grows with everything that a page shows
    outcome = models.TextField(blank=True)  # the sentence that explains how it ended
    requested_at = models.DateTimeField()
    state_since = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    request_expires_at = models.DateTimeField(null=True, blank=True)
    approval_expires_at = models.DateTimeField(null=True, blank=True)
    run_at = models.DateTimeField(null=True, blank=True)  # empty: nobody has said yet that it shall run
    released_at = models.DateTimeField(null=True, blank=True)  # of a batch: when its wave began
    reminded_at = models.DateTimeField(null=True, blank=True)
    rounds_taken = models.PositiveIntegerField(default=0)
    deadline_at = models.DateTimeField(null=True, blank=True)
    overdue_since = models.DateTimeField(null=True, blank=True)
    looks_thinned_at = models.DateTimeField(
        null=True, blank=True
    )  # closed long ago: only what differed is kept

    objects: ClassVar[ChangeQuerySet] = ChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=_OPEN_VALUES), name="one_open_change_per_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="change_known_state"
            ),
            models.CheckConstraint(condition=Q(kind__in=KindName.values), name="change_known_kind"),
            models.CheckConstraint(condition=~Q(from_region=F("to_region")), name="change_moves_somewhere"),
        ]
        indexes = [
            due_index("change_due"),
            models.Index(fields=["state"], name="change_state"),
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False, looks_thinned_at=None),
                name="change_all_looks",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("change", args=[self.ref])

    @property
    def ref(self) -> str:
        return reference(CHANGE, self.number)

    @property
    def regions(self) -> list[str]:
        """Those that its plan is about, in their order: read first, and needed to tell the outcome."""
        return [seen["region"] for seen in self.plan["regions"]]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def not_withdrawn(self) -> ApprovalQuerySet:
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class Approval(models.Model):
    """A person approved one plan of a change, by its hash. A withdrawn one stays as a row."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="approvals")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="given_approvals"
    )
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    plan_sha256 = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    approved_at = models.DateTimeField()
    # How and when the approver had proved who they are; empty in votes of before that was kept.
    proof = models.CharField(max_length=HOW_AT_MOST, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApprovalQuerySet] = ApprovalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "approver"], condition=Q(withdrawn_at=None), name="one_approval_each"
            ),
            models.CheckConstraint(
                condition=~Q(approver=F("requester")), name="approver_is_not_the_requester"
            ),
        ]


class Rejection(models.Model):
    """One person's no, with its reason, ends a change."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, related_name="rejection")
    rejecter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    rejected_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Rejection]] = models.Manager()


class Comment(models.Model):
    """Words about a change. They reset nothing."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Comment]] = models.Manager()

    class Meta:
        ordering = ["written_at"]


class Review(models.Model):
    """What an emergency owes: somebody else looks at it afterwards, until a day that was set beforehand."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, related_name="review")
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="owed_reviews"
    )
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    was_right = models.BooleanField(null=True, blank=True)
    comment = models.TextField(blank=True)
    ran_alone = models.BooleanField(default=False)  # nobody else of the group had agreed to it

    objects: ClassVar[models.Manager[Review]] = models.Manager()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            # Of two that one person begins at the same moment, the second waits for another member.
            models.UniqueConstraint(
                fields=["used_by"],
                condition=Q(ran_alone=True, reviewed_at=None),
                name="one_unreviewed_emergency_alone",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("used_by")), name="reviewer_is_not_the_user"
            ),
        ]


class EmergencyAgreement(models.Model):
    """What an emergency waits for while an earlier one of the same person is not reviewed: another member."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, related_name="agreement")
    unreviewed = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=150)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    plan_sha256 = models.CharField(max_length=64, blank=True)  # of the plan that the member read
    agreed_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)

    objects: ClassVar[models.Manager[EmergencyAgreement]] = models.Manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) | ~Q(member=F("used_by")), name="member_is_not_the_user"
            )
        ]


class Closing(models.Model):
    """What closes an overdue change as unknown: one person asks, with a reason, and another agrees."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, related_name="closing")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    agreed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Closing]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("asked_by")), name="closing_takes_two_people"
            )
        ]


class OnFailure(models.TextChoices):
    STOP = "stop"  # what has not begun is cancelled
    CARRY_ON = "carry-on"


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_in(self, accounts: models.QuerySet[AwsAccount]) -> BatchQuerySet:
        """Those of which at least one line is."""
        return self.filter(pk__in=Change.objects.visible_in(accounts).exclude(batch=None).values("batch"))


class Batch(Leased):
    """Many keys in one request: one change a key, approved together, run in waves."""

    number = models.PositiveIntegerField(unique=True)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    ticket = models.CharField(max_length=100, blank=True)
    request_token = models.CharField(max_length=64, unique=True)
    on_failure = models.CharField(max_length=10, choices=OnFailure.choices, default=OnFailure.STOP)
    plan = models.JSONField()  # one line a key: the hashes of the changes' plans
    plan_sha256 = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_why = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # when its last line was closed
    puts_back = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="put_back_by"
    )

    objects: ClassVar[BatchQuerySet] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-number"]
        indexes = [due_index("batch_due")]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("batch", args=[self.ref])

    @property
    def ref(self) -> str:
        return reference(BATCH, self.number)


class Answer(models.TextChoices):
    """What came back from the one call of a change."""

    NONE_YET = "none-yet"
    SUCCESS = "success"
    REFUSED = "refused"
    LOST = "lost"  # no answer came; only looking tells
    NOT_SENT = "not-sent"  # it is certain that nothing reached AWS


class Attempt(models.Model):
    """The one call for a change. Its row is committed before the call: a second can never be made."""

    change = models.OneToOneField(Change, on_delete=models.CASCADE, related_name="attempt")
    plan_sha256 = models.CharField(max_length=64)
    key_arn = models.CharField(max_length=300)
    to_region = models.CharField(max_length=32)
    worker = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE_YET)
    answered_at = models.DateTimeField(null=True, blank=True)
    request_id = models.CharField(max_length=100, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    culprit_arn = models.CharField(max_length=300, blank=True)  # the key that AWS named in its refusal

    objects: ClassVar[models.Manager[Attempt]] = models.Manager()


class Observation(models.Model):
    """What one look showed in one Region. `problem` says why where nothing could be seen."""

    change = models.ForeignKey(Change, on_delete=models.CASCADE, related_name="observations")
    round = models.PositiveIntegerField()  # counts up from 0, the look before the call
    region = models.CharField(max_length=32)
    looked_at = models.DateTimeField()
    role = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=30, blank=True)
    names_primary = models.CharField(max_length=32, blank=True)  # the Region that this one calls primary
    problem = models.TextField(blank=True)
    # Whether it was seen, denied, gone and so on; empty in looks of before this was kept.
    sight = models.CharField(max_length=12, blank=True)

    objects: ClassVar[models.Manager[Observation]] = models.Manager()

    class Meta:
        ordering = ["round", "region"]
        constraints = [
            models.UniqueConstraint(fields=["change", "round", "region"], name="one_observation_per_round")
        ]
