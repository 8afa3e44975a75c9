"""Payments with its keys, entered by a role; two teams have to agree to moves of its keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.people.groups import join
from keyconsole.policies.account_edits.propose import propose_edit
from keyconsole.policies.models import AccountEdit
from tests.cast import NOW, Cast, Inventory, hold, make_cast
from tests.policies.documents import TWO_GROUPS, rules

ROLE = "arn:aws:iam::111122223333:role/KeyConsole"
OTHER = "arn:aws:iam::111122223333:role/Admin"
WHY = "The platform team renamed its role."
Propose = Callable[..., AccountEdit]


@pytest.fixture
def cast(db: None) -> Cast:
    people = make_cast()
    AwsAccount.objects.filter(pk=people.payments.pk).update(role_arn=ROLE, external_id="keyconsole-1")
    people.payments.refresh_from_db()
    join(people.ben, "platform", by="ada", now=NOW)
    join(people.bea, "security", by="ada", now=NOW)
    hold(rules(name="cards", applies_to={"accounts": ["111122223333"]}, requirements=TWO_GROUPS))
    return people


@pytest.fixture
def propose(cast: Cast, inventory: Inventory) -> Propose:
    def by_ada(**fields: Any) -> AccountEdit:
        return propose_edit(cast.payments, by=cast.ada, why=WHY, now=NOW, **{"role_arn": OTHER, **fields})

    return by_ada
