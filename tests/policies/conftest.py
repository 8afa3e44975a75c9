"""The cast before any policy was made, with approver groups: Ben in platform, Bea in security."""

from __future__ import annotations

import pytest

from keyconsole.people.groups import join
from keyconsole.policies.models import Policy, PolicyVersion
from tests.cast import NOW, Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    people = make_cast()
    PolicyVersion.objects.all().delete()
    Policy.objects.all().delete()
    return people


@pytest.fixture
def groups(cast: Cast) -> None:
    join(cast.ben, "platform", by="ada", now=NOW)
    join(cast.bea, "security", by="ada", now=NOW)
