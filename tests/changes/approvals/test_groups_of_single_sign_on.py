"""Who loses a group of single sign-on loses their votes with it, also after the last approval."""

from __future__ import annotations

import pytest

from keyconsole.changes.requests.request import request_move
from keyconsole.people.sso.mapping import add_mapping, mapping_of, remove_mapping, wanted
from keyconsole.policies.document.rules import Rule, Rules, Runs
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, hold, make_person
from tests.changes.approvals.teams import agree, would_run
from tests.sso.people import identify, says, says_nothing

pytestmark = pytest.mark.django_db


@pytest.fixture
def gus(cast):
    """Approver in payments and of security, by nothing but single sign-on."""
    add_mapping(wanted("kms-approvers", role="approver", account=cast.payments), by="ada", now=NOW)
    add_mapping(wanted("kms-security", group="security"), by="ada", now=NOW)
    identity = identify(make_person("gus"))
    says(identity, "kms-approvers", "kms-security")
    return identity


@pytest.fixture
def approved(inventory, cast, gus):
    hold(Rules(name="alone", rule=Rule.APPROVE, requirements=(Requirement("security"),), runs=Runs.AUTOMATIC))
    wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Drill.", "token": "t"}
    change = agree(request_move(inventory.card_vault, now=NOW, **wish), gus.person)
    assert change.state == "approved"
    assert would_run(change, now=NOW)
    return change


@pytest.mark.parametrize("left", [("kms-approvers",), ("kms-security",), ()])
def test_a_vote_counts_no_more_once_a_group_that_it_rests_on_is_lost(approved, gus, left):
    says(gus, *left)
    assert not would_run(approved, now=NOW)


def test_a_vote_goes_on_counting_while_nothing_is_said(approved, gus):
    says_nothing(gus)
    assert would_run(approved, now=NOW)


def test_a_vote_counts_no_more_once_the_mapping_is_removed(approved, gus):
    found = mapping_of(wanted("kms-security", group="security"))
    assert found is not None
    remove_mapping(found, by="ada", now=NOW)
    assert not would_run(approved, now=NOW)
