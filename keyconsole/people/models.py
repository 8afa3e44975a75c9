"""What people prove themselves with beside their password, and which groups of approvers they are in.

Secrets never stand here, only their hashes.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models

from keyconsole.aws_accounts.models import SSO_GROUP_AT_MOST, AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.lease import Leased, due_index
from keyconsole.references import ACCESS, REVIEW, reference

NAME_AT_MOST = 60
FACTOR_NAME_AT_MOST = 60


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


class Membership(models.Model):
    """A person is in a group of approvers: by hand, or because a group of their single sign-on says so."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    sso_group = models.CharField(max_length=SSO_GROUP_AT_MOST, blank=True)  # empty: by hand
    joined_by = models.CharField(max_length=150)
    joined_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Membership]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group", "sso_group"], name="in_a_group_once_each_way"),
        ]


class LastSeen(models.Model):
    """When a person last clicked, signed in or proved themselves at the terminal; to the minute."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="last_seen"
    )
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[LastSeen]] = models.Manager()


class Purpose(models.TextChoices):
    INVITATION = "invitation"
    RESET = "reset"


class OneTimeLink(models.Model):
    """A link with which a person chooses a password: used once, for a while, until somebody takes it back."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="one_time_links"
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    sent_only = models.BooleanField(default=False)  # nobody but its person has seen it

    objects: ClassVar[models.Manager[OneTimeLink]] = models.Manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            # Of two that could be opened, nobody would know which one is lost.
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="one_link_of_a_purpose",
            ),
        ]

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > now


class AccessState(models.TextChoices):
    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"  # it could not be done any more, or who proposed it lost the right to


class AccessProposal(models.Model):
    """Something that gives power, proposed by one person and done when another agrees to its hash."""

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=40)  # a name that `dual_control.kind.kind_called` knows
    facts = models.JSONField()
    says = models.TextField()  # the facts in words, as they were read by who agreed
    sha256 = models.CharField(max_length=64)  # of kind and facts: what people agree to
    subject = models.CharField(max_length=SSO_GROUP_AT_MOST)  # whom or what it is about
    account_id = models.CharField(max_length=12, blank=True)  # empty: all accounts
    why = models.TextField()
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_proposed"
    )
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=AccessState.choices, default=AccessState.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_decided", null=True
    )  # who agreed or rejected; empty where one alone did it, or nobody decided
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)
    outcome = models.TextField(blank=True)

    objects: ClassVar[models.Manager[AccessProposal]] = models.Manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=models.Q(state="proposed"), name="proposed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AccessState.values), name="access_known_state"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposer")),
                name="access_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return reference(ACCESS, self.number)


class AccessReview(models.Model):
    """A campaign in which owners confirm or remove each role and membership that was given by hand."""

    number = models.PositiveIntegerField(unique=True)
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    why = models.TextField(blank=True)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of all lines, once it has ended

    objects: ClassVar[models.Manager[AccessReview]] = models.Manager()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        return reference(REVIEW, self.number)


class Answer(models.TextChoices):
    NONE = ""
    CONFIRMED = "confirmed"
    REMOVED = "removed"
    GONE = "gone"  # taken away, or over, before anybody answered


class AccessReviewLine(models.Model):
    """One role or membership as it was when the review began. Names are kept as texts: they stay readable."""

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)  # empty: a membership
    account_id = models.CharField(max_length=12, blank=True)  # empty: every account
    account_name = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=150, blank=True)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )  # empty: nobody but its holder could be asked
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)

    objects: ClassVar[models.Manager[AccessReviewLine]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_line_of_a_number"),
            models.CheckConstraint(
                condition=models.Q(answer__in=Answer.values), name="access_review_known_answer"
            ),
        ]

    @property
    def what(self) -> str:
        """As people read it: approver in payments (111122223333)."""
        if self.group:
            return f"member of the group {self.group}"
        where = f"{self.account_name} ({self.account_id})" if self.account_id else "all accounts"
        return f"{self.role} in {where}"


class TotpStep(models.Model):
    """The last step of time whose code an authenticator app proved; none up to it counts again."""

    factor = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE, related_name="totp_step")
    step = models.BigIntegerField()

    objects: ClassVar[models.Manager[TotpStep]] = models.Manager()


class PasswordLength(models.Model):
    """Whether a password was long enough to stand alone when it was set. No more than that is kept."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="password_length"
    )
    is_long = models.BooleanField()
    set_at = models.DateTimeField()

    objects: ClassVar[models.Manager[PasswordLength]] = models.Manager()


class GroupsAnswer(models.TextChoices):
    """What single sign-on said of a person's groups. Only the first two are about them."""

    PRESENT = "present"
    EMPTY = "empty"  # they are in none: that takes roles away
    ABSENT = "absent"  # nothing was said: that takes nothing away


class SsoIdentity(Leased):
    """Who a person is at the provider: its issuer and their subject there, which never change.

    Due when the groups are to be read again. Tokens stand here enciphered.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sso_identity"
    )
    issuer = models.CharField(max_length=300)
    sub = models.CharField(max_length=255)
    linked_by = models.CharField(max_length=150)
    linked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=GroupsAnswer.choices, default=GroupsAnswer.ABSENT)
    groups_read_at = models.DateTimeField(null=True, blank=True)  # when the groups that stand here were said
    confirmed_at = models.DateTimeField()  # when the provider last stood for this person
    unconfirmed_why = models.TextField(blank=True)  # why the last attempt to ask it came to nothing
    sessions_from = models.DateTimeField(null=True, blank=True)  # sessions that began before are over
    refresh_token = models.TextField(blank=True)
    access_token = models.TextField(blank=True)
    second_factor = models.BooleanField(default=False)  # the provider asked for one at the last proof there

    objects: ClassVar[models.Manager[SsoIdentity]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="one_person_for_a_subject"),
        ]
        indexes = [due_index("sso_identity_due")]

    def __str__(self) -> str:
        return f"the single sign-on of {self.person}"


class SsoGroup(models.Model):
    """A person is in a group of their single sign-on, as it said last."""

    identity = models.ForeignKey(SsoIdentity, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=SSO_GROUP_AT_MOST)

    objects: ClassVar[models.Manager[SsoGroup]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "name"], name="in_an_sso_group_once")]
        indexes = [models.Index(fields=["name"], name="sso_group_name")]


class SsoMapping(models.Model):
    """Who is in this group of single sign-on holds this role, or is in this group of approvers."""

    sso_group = models.CharField(max_length=SSO_GROUP_AT_MOST)
    role = models.CharField(max_length=20, blank=True, choices=[(role.value, role.value) for role in Role])
    account = models.ForeignKey(
        AwsAccount, on_delete=models.CASCADE, null=True, blank=True, related_name="sso_mappings"
    )  # where the role holds; empty: in all
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="sso_mappings"
    )
    added_by = models.CharField(max_length=310)
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SsoMapping]] = models.Manager()

    class Meta:
        ordering = ["sso_group", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sso_group", "role", "account"], name="mapped_once_in_account"),
            models.UniqueConstraint(
                fields=["sso_group", "role"],
                condition=models.Q(account=None, group=None),
                name="mapped_once_in_all",
            ),
            models.UniqueConstraint(fields=["sso_group", "group"], name="mapped_once_to_group"),
            models.CheckConstraint(
                condition=models.Q(role="", account=None, group__isnull=False)
                | models.Q(role__in=[role.value for role in Role], group=None),
                name="mapped_to_a_role_or_a_group",
            ),
        ]


class EmergencySignIn(models.Model):
    """A link made at the server's terminal that signs one person in, once, while the provider is down."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="emergency_sign_ins"
    )
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_via = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_from = models.CharField(max_length=60, blank=True)

    objects: ClassVar[models.Manager[EmergencySignIn]] = models.Manager()
