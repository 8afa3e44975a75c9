from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from keyconsole.aws_accounts.roles import Role
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.propose import propose
from keyconsole.people.models import AccessProposal
from tests.cast import Cast, make_person
from tests.conftest import client_of

WHY = "Dan joins the team."


@pytest.fixture
def eve(cast: Cast) -> User:
    """A second administrator of every account."""
    return make_person("eve", Role.ADMINISTRATOR)


@pytest.fixture
def as_eve(eve: User) -> Client:
    return client_of(eve)


@pytest.fixture
def proposal(cast: Cast, eve: User) -> AccessProposal:
    """Ada proposes that Dan approves in payments."""
    facts = grant_role.facts_of(cast.dan, Role.APPROVER, cast.payments, ends_at=None)
    return propose(grant_role.NAME, facts, by=cast.ada, why=WHY, now=timezone.now())
