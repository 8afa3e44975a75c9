"""Which AWS accounts there are, how KeyConsole enters each, and who may do what there."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from keyconsole.aws_accounts.page_choices import Origin
from keyconsole.aws_accounts.roles import Role
from keyconsole.kms.sessions import CredentialSource, Source
from keyconsole.lease import Leased, due_index

SSO_GROUP_AT_MOST = 200
account_number = RegexValidator(r"\A\d{12}\Z", "An AWS account number has exactly 12 digits.")


class AwsAccount(Leased):
    """One AWS account. Secrets never stand here: `env_prefix` names the variables that hold them."""

    account_id = models.CharField(max_length=12, unique=True, validators=[account_number])
    name = models.CharField(max_length=80, unique=True)
    # Where it stands in the organisation, as a path: prod/payments. Policies choose by it; only AWS says it.
    unit = models.TextField(blank=True)
    unit_read_at = models.DateTimeField(null=True, blank=True)  # None: unknown
    unit_read_by = models.CharField(max_length=12, blank=True)  # the account that could ask
    # Of an account that the operator named to read its organisation.
    organization_read_at = models.DateTimeField(null=True, blank=True)
    organization_problem = models.TextField(blank=True)  # why the last try gave nothing
    partition = models.CharField(max_length=20, default="aws")
    regions = models.JSONField(default=list, blank=True)  # empty: every Region that the account has enabled

    # Where it was said which identity enters first. What the terminal said, no page changes.
    origin = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Origin], default=Origin.TERMINAL.value
    )
    source = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in Source], default=Source.DEFAULT.value
    )
    profile_name = models.CharField(max_length=200, blank=True)
    profile_location = models.CharField(max_length=500, blank=True)
    env_prefix = models.CharField(max_length=100, blank=True)
    web_identity_token_file = models.CharField(max_length=500, blank=True)
    web_identity_role_arn = models.CharField(max_length=500, blank=True)
    role_arn = models.CharField(max_length=500, blank=True)
    external_id = models.CharField(max_length=1224, blank=True)
    session_name = models.CharField(max_length=64, blank=True)
    endpoint_url = models.URLField(max_length=500, blank=True)
    use_fips = models.BooleanField(default=False)
    use_dual_stack = models.BooleanField(default=False)

    # Added on a page and never entered yet: somebody is at work on its role.
    being_set_up = models.BooleanField(default=False, db_default=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    test_problem = models.TextField(blank=True)  # why it cannot be entered
    test_missing = models.TextField(blank=True, db_default="")  # what is denied though it can be entered
    own_identity = models.CharField(max_length=500, blank=True, db_default="")  # whom its role has to trust
    test_asked_by = models.CharField(max_length=150, blank=True)  # due while its connection is to be tested
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager[AwsAccount]] = models.Manager()

    class Meta:
        ordering = ["name"]
        indexes = [due_index("account_test_due")]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id})"

    @property
    def known_unit(self) -> str | None:
        """Its place in the organisation: empty where it is in no unit, None where nobody could tell."""
        return self.unit if self.unit_read_at else None

    @property
    def reads_organization(self) -> bool:
        return self.account_id in settings.KEYCONSOLE_ORGANIZATION_ACCOUNTS

    @property
    def credential_source(self) -> CredentialSource:
        return CredentialSource(
            source=Source(self.source),
            profile_name=self.profile_name,
            profile_location=self.profile_location,
            env_prefix=self.env_prefix,
            web_identity_token_file=self.web_identity_token_file,
            web_identity_role_arn=self.web_identity_role_arn,
            role_arn=self.role_arn,
            external_id=self.external_id,
            session_name=self.session_name,
            endpoint_url=self.endpoint_url,
            use_fips=self.use_fips,
            use_dual_stack=self.use_dual_stack,
            region_hint=self.regions[0] if self.regions else "",
        )


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def in_force(self, now: datetime | None = None) -> RoleGrantQuerySet:
        """Those whose end has not come: what a person may do rests on these alone."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now or timezone.now()))


class RoleGrant(models.Model):
    """A person holds a role in one AWS account, or in all of them where `account` is empty.

    Held by hand, or because their single sign-on says that they are in a group that is mapped to it: the same
    role may be held in both ways.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    account = models.ForeignKey(
        AwsAccount, on_delete=models.CASCADE, null=True, blank=True, related_name="role_grants"
    )
    sso_group = models.CharField(max_length=SSO_GROUP_AT_MOST, blank=True, db_default="")  # empty: by hand
    granted_by = models.CharField(max_length=150)
    granted_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # None: until somebody takes it away

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "account", "sso_group"], name="one_grant_per_account"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "sso_group"],
                condition=models.Q(account=None),
                name="one_grant_for_all",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="grant_of_known_role"
            ),
        ]
