"""Which moves need whose approval: policies in numbered versions, edits of accounts, votes, and freezes.

A version is never edited: changing a policy proposes the next one, and the rule that held before decides.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from keyconsole.audit.given_proof import HOW_AT_MOST
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.document.account_names import with_numbers
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.document.rules import Rules


class Policy(models.Model):
    """A named rule over some keys. What it says stands in its versions; at most one of them is active."""

    name = models.SlugField(max_length=60, unique=True)

    objects: ClassVar[models.Manager[Policy]] = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VersionState(models.TextChoices):
    PROPOSED = "proposed"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Proposal(models.Model):
    """What somebody proposes, and others agree to by its hash. `requirements`: whom the rules ask."""

    sha256 = models.CharField(max_length=64)
    why = models.TextField()
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    requirements = models.JSONField(default=list)

    class Meta:
        abstract = True


class Vote(models.Model):
    """A person agreed to what is proposed, by its hash, or rejected it."""

    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    agrees = models.BooleanField()
    comment = models.TextField(blank=True)
    voted_at = models.DateTimeField()
    # How and when the voter had proved who they are; empty in votes of before that was kept.
    proof = models.CharField(max_length=HOW_AT_MOST, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class PolicyVersion(Proposal):
    """What a policy says, as `document.Rules` reads it. An empty document retires the policy."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    # Which accounts the names in an old document meant when names ceased to count: numbers by name.
    account_numbers = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=VersionState.choices, default=VersionState.PROPOSED)
    at_the_terminal = models.BooleanField(
        default=False
    )  # the documented way for the first, or a locked-out team

    objects: ClassVar[models.Manager[PolicyVersion]] = models.Manager()

    class Meta:
        ordering = ["policy__name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_version_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state="active"), name="one_active_version_per_policy"
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state="proposed"), name="one_proposed_version_per_policy"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="version_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.policy.name} version {self.number}"

    @property
    def retires(self) -> bool:
        return not self.document

    @property
    def rules(self) -> Rules | None:
        """What it says; None where it retires its policy."""
        return None if self.retires else with_numbers(stored_rules(self.document), self.account_numbers)


class PolicyVote(Vote):
    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="votes")

    objects: ClassVar[models.Manager[PolicyVote]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "voter"], name="one_vote_each"),
            models.CheckConstraint(condition=~Q(voter=F("proposer")), name="voter_is_not_the_proposer"),
        ]


class EditState(models.TextChoices):
    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"  # the account was changed meanwhile, or who proposed it may not any more


class AccountEdit(Proposal):
    """A change of how an AWS account is entered, as somebody proposes it on its page."""

    account = models.ForeignKey(AwsAccount, on_delete=models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=EditState.choices, default=EditState.PROPOSED)
    before = models.JSONField()  # the way in, and whatever else it changes, as it was; no secret
    after = models.JSONField()  # what it changes
    expires_at = models.DateTimeField()
    outcome = models.TextField(blank=True)

    objects: ClassVar[models.Manager[AccountEdit]] = models.Manager()

    class Meta:
        ordering = ["account__name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="one_edit_number"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="proposed"), name="one_proposed_edit_per_account"
            ),
            models.CheckConstraint(condition=Q(state__in=EditState.values), name="edit_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.account.name} edit {self.number}"


class AccountEditVote(Vote):
    edit = models.ForeignKey(AccountEdit, on_delete=models.CASCADE, related_name="votes")

    objects: ClassVar[models.Manager[AccountEditVote]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edit", "voter"], name="one_edit_vote_each"),
            models.CheckConstraint(condition=~Q(voter=F("proposer")), name="edit_voter_is_not_the_proposer"),
        ]


class Freeze(models.Model):
    """One switch that holds every change back, with who and why. The open freeze has no end."""

    why = models.TextField()
    frozen_by = models.CharField(max_length=150)
    frozen_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager[Freeze]] = models.Manager()

    class Meta:
        ordering = ["-frozen_at"]
        constraints = [
            # Every open row has the same (empty) end: at most one of them.
            models.UniqueConstraint(
                fields=["lifted_by"], condition=Q(lifted_at=None), name="one_open_freeze"
            ),
        ]
