from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.people.groups import leave
from keyconsole.policies.governing.resolve import governing_for, governing_for_many
from keyconsole.policies.models import Policy
from keyconsole.policies.versions.health import unsatisfiable
from keyconsole.policies.versions.propose import propose
from keyconsole.refusals import Refused
from tests.cast import NOW
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules

PAYMENTS = {"accounts": ["111122223333"]}


def put(some, why="first policy"):
    return apply_rules(some, by="terminal:root", why=why, now=NOW)


def test_it_holds_at_once_and_the_record_says_who_and_why(inventory, groups):
    version = put(rules(applies_to=PAYMENTS))
    assert governing_for(inventory.card_vault, to_region="eu-west-1").version == version
    assert governing_for(inventory.genome, to_region="us-east-1").version is None
    entry = Entry.objects.get(event="policy.applied_at_terminal")
    assert (entry.actor, entry.subject, entry.data["why"]) == (
        "terminal:root",
        "payments version 1",
        "first policy",
    )
    assert entry.data["document"] == version.document


def test_the_second_one_takes_the_place_of_the_first(inventory, groups):
    first, second = put(rules(applies_to=PAYMENTS)), put(confirm(applies_to=PAYMENTS))
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("superseded", "active", 2)


def test_what_was_proposed_against_the_old_one_is_withdrawn(cast, inventory, groups):
    waiting = propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)
    put(rules(applies_to=PAYMENTS))
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
    assert Entry.objects.get(event="policy.withdrawn").data["for"] == "terminal"


def test_also_here_a_policy_that_nobody_could_meet_is_refused(inventory, groups):
    with pytest.raises(Refused, match="There is no group 'ghost'"):
        put(rules(applies_to=PAYMENTS, requirements=[{"group": "ghost", "at_least": 1}]))
    with pytest.raises(Refused, match="Say why"):
        put(rules(applies_to=PAYMENTS), why="")
    assert not Policy.objects.exists()


def test_a_policy_whose_people_left_is_flagged(cast, inventory, groups):
    version = put(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS))
    assert unsatisfiable() == []
    leave(cast.bea, "security", by="ada", now=NOW)
    assert unsatisfiable() == [(version, "Not enough people may approve in payments: 1 more from security.")]


def test_an_account_that_changed_its_name_is_still_the_one_that_the_policy_names(cast, inventory, groups):
    put(rules(applies_to=PAYMENTS))
    cast.payments.name = "cards"
    cast.payments.save()
    assert unsatisfiable() == []


def test_many_keys_cost_two_queries(inventory, groups, django_assert_num_queries):
    put(rules(name="platform", applies_to={"accounts": ["111122223333"], "tags": {"team": "platform"}}))
    keys = [inventory.card_vault, inventory.ledger, inventory.genome]
    with django_assert_num_queries(2):
        found = governing_for_many(keys, to_region="us-east-1")
    assert [found[key.pk].rules.name for key in keys] == ["platform", "platform", ""]


def test_the_tags_of_the_primary_decide(inventory, groups):
    put(rules(name="lab", applies_to={"accounts": ["111122223333", "222233334444"], "tags": {"team": "lab"}}))
    assert governing_for(inventory.genome, to_region="us-east-1").version is None
    inventory.genome.primary_region = "us-east-1"
    inventory.genome.save()
    assert governing_for(inventory.genome, to_region="us-west-2").rules.name == "lab"


def test_tags_that_were_never_read_leave_a_doubt(inventory, groups):
    put(rules(name="lab", applies_to={"accounts": ["111122223333"], "tags": {"team": "lab"}}))
    inventory.ledger.region_keys.update(details_at=None)
    assert "whether lab governs it" in governing_for(inventory.ledger, to_region="eu-central-1").doubt
    assert governing_for(inventory.card_vault, to_region="eu-west-1").doubt == ""
