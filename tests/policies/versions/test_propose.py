from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.policies.document.rules import document_sha256
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import Policy, PolicyVersion
from keyconsole.policies.versions.propose import propose
from keyconsole.refusals import Refused
from tests.cast import NOW, make_person
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules

PAYMENTS = {"accounts": ["111122223333"]}
RESEARCH = {"accounts": ["222233334444"]}


def asked(version):
    """By account: the requirements, as (group, number)."""
    return [
        (each["account_id"], [(need["group"], need["at_least"]) for need in each["requirements"]])
        for each in version.requirements
    ]


def put(some):
    return apply_rules(some, by="terminal:root", why="first policy", now=NOW)


def test_a_proposal_holds_nothing_yet(cast, inventory, groups):
    version = propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="We need it", now=NOW)
    assert version.state == "proposed"
    assert governing_for(inventory.card_vault, to_region="eu-west-1").version is None


def test_a_proposal_leaves_its_whole_document_in_the_record(cast, inventory, groups):
    some = rules(applies_to=PAYMENTS)
    version = propose(some, name="payments", by=cast.ben, why="We need it", now=NOW)
    entry = Entry.objects.get(event="policy.proposed")
    assert (entry.actor, entry.subject) == ("ben", "payments version 1")
    assert entry.data["document"] == some.as_json() == version.document
    assert entry.data["sha256"] == some.rules_sha256 == version.sha256
    assert entry.data["requirements"] == version.requirements


def test_without_a_policy_before_an_approver_of_the_account_has_to_agree(cast, inventory, groups):
    version = propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("", 1)])]


def test_the_rules_that_held_before_decide(cast, inventory, groups):
    put(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS))
    version = propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("platform", 1), ("security", 1)])]


def test_a_rule_without_requirements_still_asks_somebody_else(cast, inventory, groups):
    put(confirm(applies_to=PAYMENTS))
    version = propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("", 1)])]


def test_every_rule_that_a_touched_key_has_is_asked(cast, inventory, groups):
    put(rules(name="cards", applies_to={"aliases": ["card-*"]}, requirements=TWO_GROUPS))
    put(rules(name="payments", applies_to=PAYMENTS, requirements=TWO_GROUPS[:1]))
    version = propose(None, name="payments", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("platform", 1)])]
    everything = confirm(
        name="wide", applies_to={"tags": {"team": "*"}, "accounts": ["111122223333", "222233334444"]}
    )
    version = propose(everything, name="wide", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [
        ("111122223333", [("platform", 1)]),
        ("111122223333", [("platform", 1), ("security", 1)]),
        ("222233334444", [("", 1)]),
    ]


def test_moving_a_policy_away_asks_those_whom_it_leaves(cast, inventory, groups):
    put(rules(name="mine", applies_to=PAYMENTS, requirements=TWO_GROUPS))
    version = propose(rules(name="mine", applies_to=RESEARCH), name="mine", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [
        ("111122223333", [("platform", 1), ("security", 1)]),
        ("222233334444", [("", 1)]),
    ]


def test_a_policy_for_a_later_region_asks_about_that_one_too(cast, inventory, groups):
    """The primary is in us-east-1 now; a policy about moves from eu-west-1 is loosened all the same."""
    later = {"accounts": ["111122223333"], "from_regions": ["eu-west-1"], "aliases": ["card-vault"]}
    put(rules(name="later", applies_to=later, requirements=TWO_GROUPS))
    version = propose(None, name="later", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("platform", 1), ("security", 1)])]


def test_unread_tags_count_as_touched(cast, inventory, groups):
    inventory.ledger.region_keys.update(details_at=None)
    put(rules(name="ledger", applies_to={"aliases": ["ledger"]}, requirements=TWO_GROUPS))
    gold = confirm(name="gold", applies_to={"accounts": ["111122223333"], "tags": {"tier": "gold"}})
    version = propose(gold, name="gold", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("platform", 1), ("security", 1)])]


def test_a_policy_for_no_known_key_asks_an_approver_of_its_account(cast, groups):
    version = propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("", 1)])]


def test_a_policy_for_no_known_account_asks_an_approver_of_all(cast, groups):
    AwsAccount.objects.update(unit="labs", unit_read_at=NOW)
    nowhere = confirm(name="later", applies_to={"units": ["prod/later"]})
    with pytest.raises(
        Refused, match="Nobody but you could agree to it: 1 more from its approvers, for every"
    ):
        propose(nowhere, name="later", by=cast.ben, why="x", now=NOW)
    RoleGrant.objects.create(person=cast.bea, role="approver", granted_by="ada", granted_at=NOW)
    assert asked(propose(nowhere, name="later", by=cast.ben, why="x", now=NOW)) == [("", [("", 1)])]


def test_who_proposes_cannot_be_the_only_one_to_agree(cast, inventory, groups):
    put(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS))
    with pytest.raises(Refused, match="Nobody but you could agree to it: 1 more from platform, for payments"):
        propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize("name", ["ana", "cleo", "dan"])
def test_only_approvers_and_administrators_propose(cast, inventory, groups, name):
    with pytest.raises(Refused, match="Only approvers and administrators"):
        propose(rules(applies_to=PAYMENTS), name="payments", by=getattr(cast, name), why="x", now=NOW)


def test_a_refused_proposal_leaves_nothing_behind(cast, inventory, groups):
    for some in (rules(requirements=[{"group": "nobody", "at_least": 1}]), rules(applies_to=PAYMENTS)):
        with pytest.raises(Refused):
            propose(some, name="payments", by=cast.ben, why=" ", now=NOW)
    with pytest.raises(Refused, match="There is no group 'nobody'"):
        propose(
            rules(requirements=[{"group": "nobody", "at_least": 1}]),
            name="payments",
            by=cast.ben,
            why="x",
            now=NOW,
        )
    assert not Policy.objects.exists()
    assert not Entry.objects.filter(event__startswith="policy").exists()


def test_a_policy_that_its_group_cannot_meet_is_refused(cast, inventory, groups):
    some = rules(applies_to=PAYMENTS, requirements=[{"group": "platform", "at_least": 2}])
    with pytest.raises(Refused, match="Not enough people may approve in payments: 1 more from platform"):
        propose(some, name="payments", by=cast.ada, why="x", now=NOW)


def test_one_proposal_of_a_policy_at_a_time(cast, inventory, groups):
    propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    with pytest.raises(Refused, match="payments version 1 waits for agreement"):
        propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)


def test_what_already_holds_is_not_proposed_again(cast, inventory, groups):
    put(rules(applies_to=PAYMENTS))
    with pytest.raises(Refused, match="That is what payments version 1 already says"):
        propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)


def test_only_what_is_there_can_be_retired(cast, groups):
    with pytest.raises(Refused, match="There is no policy ghost to retire"):
        propose(None, name="ghost", by=cast.ada, why="x", now=NOW)
    assert not Policy.objects.exists()


def test_the_document_has_the_name_that_it_is_proposed_under(cast, groups):
    with pytest.raises(Refused, match="The document is called payments, not other"):
        propose(rules(applies_to=PAYMENTS), name="other", by=cast.ada, why="x", now=NOW)


def test_a_retirement_has_a_hash_of_its_own(cast, inventory, groups):
    put(rules(applies_to=PAYMENTS))
    version = propose(None, name="payments", by=cast.ada, why="x", now=NOW)
    assert version.retires
    assert version.sha256 == document_sha256("payments", {})


def test_many_approvers_and_keys_cost_a_few_queries(cast, inventory, groups, django_assert_max_num_queries):
    for number in range(30):
        make_person(f"p{number}", accounts=(cast.payments,))
    with django_assert_max_num_queries(47):
        propose(
            rules(applies_to=PAYMENTS), name="payments", by=User.objects.get(username="ben"), why="x", now=NOW
        )


def test_accounts_without_keys_and_without_approvers_are_not_waited_for(cast, groups):
    version = propose(confirm(name="all"), name="all", by=cast.ada, why="x", now=NOW)
    assert asked(version) == [("111122223333", [("", 1)]), ("222233334444", [("", 1)])]
