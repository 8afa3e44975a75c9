from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from keyconsole.aws_accounts.roles import Role
from keyconsole.people.dual_control.kind import Facts
from keyconsole.people.dual_control.kinds import grant_role
from tests.cast import Cast, make_person


@pytest.fixture
def eve(cast: Cast) -> User:
    """A second administrator of every account."""
    return make_person("eve", Role.ADMINISTRATOR)


@pytest.fixture
def facts(cast: Cast) -> Facts:
    return grant_role.facts_of(cast.dan, Role.APPROVER, cast.payments, ends_at=None)
