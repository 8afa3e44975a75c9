from __future__ import annotations

import pytest

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.people.groups import join
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.feasibility import misfits
from tests.cast import NOW
from tests.policies.documents import TWO_GROUPS, confirm, rules

PLATFORM, SECURITY, APPROVERS = Requirement("platform"), Requirement("security"), Requirement()
PAYMENTS = {"accounts": ["111122223333"]}


def grant(person, role, account=None):
    RoleGrant.objects.create(person=person, role=role, account=account, granted_by="ada", granted_at=NOW)


def test_a_member_is_in_the_group_and_may_approve_in_the_account(cast, groups):
    join(cast.cleo, "platform", by="ada", now=NOW)
    assert Roster.read().members([PLATFORM, SECURITY, APPROVERS], cast.payments) == {
        "platform": {"ben"},
        "security": {"bea"},
        "": {"ben", "bea"},
    }
    assert Roster.read().members([PLATFORM, APPROVERS], cast.archive) == {"platform": set(), "": set()}


def test_who_left_the_company_is_no_member(cast, groups):
    cast.ben.is_active = False
    cast.ben.save()
    assert Roster.read().members([PLATFORM, APPROVERS], cast.payments) == {"platform": set(), "": {"bea"}}


def test_who_lost_the_role_is_no_member(cast, groups):
    RoleGrant.objects.filter(person=cast.ben, account=cast.payments).delete()
    assert Roster.read().members([PLATFORM], cast.payments) == {"platform": set()}
    assert Roster.read().members([PLATFORM], cast.research) == {"platform": {"ben"}}


def test_a_role_for_every_account_counts_in_each(cast, groups):
    grant(cast.ben, "approver")
    assert Roster.read().members([PLATFORM], cast.archive) == {"platform": {"ben"}}
    assert Roster.read().members([PLATFORM], None) == {"platform": {"ben"}}
    assert Roster.read().members([SECURITY], None) == {"security": set()}


def test_membership_costs_two_queries(cast, groups, django_assert_num_queries):
    with django_assert_num_queries(2):
        Roster.read().members([PLATFORM, SECURITY, APPROVERS], cast.payments)


def test_a_policy_that_its_people_can_meet_fits(cast, groups):
    assert misfits(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)) == ()
    assert misfits(confirm(applies_to=PAYMENTS)) == ()


MISFITS = [
    ({"requirements": [{"group": "platfrom", "at_least": 1}]}, "There is no group 'platfrom'."),
    (
        {"requirements": [{"group": "platform", "at_least": 2}]},
        "Not enough people may approve in payments: 1 more from platform.",
    ),
    (
        {"requirements": [{"group": "", "at_least": 3}]},
        "Not enough people may approve in payments: 1 more from its approvers.",
    ),
    ({"applies_to": {"accounts": ["999999999999"]}}, "There is no account '999999999999'."),
    ({"emergency_group": "on-call"}, "Nobody is in the emergency group 'on-call'."),
]


@pytest.mark.parametrize(("over", "sentence"), MISFITS, ids=[sentence for _, sentence in MISFITS])
def test_a_policy_that_nobody_could_meet_is_told(cast, groups, over, sentence):
    assert misfits(rules(**{"applies_to": PAYMENTS, **over})) == (sentence,)


def test_a_group_without_people_is_not_enough(cast, groups):
    cast.bea.memberships.all().delete()
    assert misfits(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)) == (
        "Not enough people may approve in payments: 1 more from security.",
    )


def test_the_only_requester_never_counts_as_an_approver(cast, groups):
    RoleGrant.objects.filter(role="requester").delete()
    grant(cast.ben, "requester", cast.payments)
    assert misfits(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)) == (
        "Not enough people may approve in payments: 1 more from platform.",
    )
    grant(cast.ana, "requester", cast.payments)
    assert misfits(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)) == ()


def test_every_account_with_keys_has_to_have_its_people(inventory, groups):
    assert misfits(rules()) == ("Not enough people may approve in archive: 1 more from its approvers.",)


def test_only_accounts_with_such_keys_have_to(inventory, groups):
    assert misfits(rules(applies_to={"aliases": ["card-*"]}, requirements=TWO_GROUPS)) == ()
    assert misfits(rules(applies_to={"aliases": ["old-*"]})) != ()
    assert misfits(rules(applies_to={"tags": {"team": "platform"}})) != ()


def test_accounts_without_keys_wait_for_their_people(cast, groups):
    assert misfits(rules()) == ()
    assert misfits(rules(applies_to={"accounts": ["333344445555"]})) != ()
