from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.people.groups import join, leave
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import PolicyVersion, PolicyVote
from keyconsole.policies.versions.propose import activate_agreed, agree, propose, reject, withdraw
from keyconsole.policies.versions.votes import may_agree, may_reject, may_withdraw, tallies
from keyconsole.refusals import Refused
from tests.cast import NOW, make_person
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules

PAYMENTS = {"accounts": ["111122223333"]}


@pytest.fixture
def held(inventory, groups):
    some = rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)
    return apply_rules(some, by="terminal:root", why="first policy", now=NOW)


@pytest.fixture
def proposed(cast, held):
    return propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="Too slow", now=NOW)


def say_yes(version, person):
    return agree(version, by=person, sha256=version.sha256, now=NOW)


def events():
    return list(Entry.objects.filter(event__startswith="policy").values_list("event", flat=True))


def test_it_holds_once_everybody_whom_the_old_rule_names_agreed(cast, inventory, held, proposed):
    assert not say_yes(proposed, cast.ben)
    assert proposed.state == "proposed"
    assert say_yes(proposed, cast.bea)
    assert proposed.state == "active"
    held.refresh_from_db()
    assert held.state == "superseded"
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert found.version == proposed
    assert not found.rules.needs_approval
    assert events()[-3:] == ["policy.agreed", "policy.agreed", "policy.activated"]
    entry = Entry.objects.get(event="policy.activated")
    assert (entry.actor, entry.data["agreed_by"], entry.data["replaces"]) == ("bea", ["bea", "ben"], 1)


def test_a_retired_policy_leaves_the_default(cast, inventory, held):
    version = propose(None, name="payments", by=cast.ada, why="x", now=NOW)
    say_yes(version, cast.ben)
    assert say_yes(version, cast.bea)
    assert governing_for(inventory.card_vault, to_region="eu-west-1").version is None


def test_who_proposed_never_agrees(cast, inventory, groups):
    version = propose(rules(applies_to=PAYMENTS), name="payments", by=cast.ben, why="x", now=NOW)
    with pytest.raises(Refused, match="You proposed payments version 1"):
        say_yes(version, cast.ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVote.objects.create(
            version=version,
            voter=cast.ben,
            proposer=cast.ben,
            sha256=version.sha256,
            agrees=True,
            voted_at=NOW,
        )
    assert say_yes(version, cast.bea)


def test_nobody_agrees_twice(cast, proposed):
    say_yes(proposed, cast.ben)
    with pytest.raises(Refused, match="You have voted on payments version 2 already"):
        say_yes(proposed, cast.ben)
    assert proposed.votes.count() == 1


@pytest.mark.parametrize("name", ["ana", "cleo", "dan"])
def test_only_who_is_asked_agrees(cast, proposed, name):
    person = getattr(cast, name)
    with pytest.raises(Refused, match="does not need your agreement"):
        say_yes(proposed, person)
    assert may_agree(person, proposed).reasons == may_reject(person, proposed).reasons


def test_another_hash_than_the_one_that_was_read_is_refused(cast, proposed):
    with pytest.raises(Refused, match=f"its hash is {proposed.sha256}"):
        agree(proposed, by=cast.ben, sha256="0" * 64, now=NOW)
    assert not proposed.votes.exists()


def test_a_vote_of_who_left_the_group_stops_counting(cast, proposed):
    say_yes(proposed, cast.ben)
    leave(cast.ben, "platform", by="ada", now=NOW)
    assert not say_yes(proposed, cast.bea)
    pat = make_person("pat", accounts=(cast.payments,))
    RoleGrant.objects.create(
        person=pat, role="approver", account=cast.payments, granted_by="ada", granted_at=NOW
    )
    join(pat, "platform", by="ada", now=NOW)
    assert say_yes(proposed, pat)


def test_it_holds_when_a_voter_who_had_left_comes_back(cast, proposed):
    say_yes(proposed, cast.ben)
    leave(cast.ben, "platform", by="ada", now=NOW)
    assert not say_yes(proposed, cast.bea)
    activate_agreed(now=NOW)
    proposed.refresh_from_db()
    assert proposed.state == "proposed"
    join(cast.ben, "platform", by="ada", now=NOW)
    activate_agreed(now=NOW)
    activate_agreed(now=NOW)
    proposed.refresh_from_db()
    assert proposed.state == "active"
    entry = Entry.objects.get(event="policy.activated")
    assert (entry.actor, entry.data["agreed_by"]) == ("keyconsole", ["bea", "ben"])


def test_a_proposal_that_still_lacks_a_vote_is_not_worked_out_anew_at_each_sweep(cast, proposed, monkeypatch):
    say_yes(proposed, cast.ben)
    monkeypatch.setattr("keyconsole.policies.versions.propose.recompute_requirements", pytest.fail)
    activate_agreed(now=NOW)


def test_a_person_in_both_groups_counts_once(cast, proposed):
    join(cast.ben, "security", by="ada", now=NOW)
    assert not say_yes(proposed, cast.ben)
    assert say_yes(proposed, cast.bea)


def test_people_who_left_meanwhile_make_it_impossible_to_activate(cast, inventory, held):
    version = propose(
        rules(applies_to=PAYMENTS, requirements=[{"group": "lab", "at_least": 1}]), **by_ada(cast)
    )
    say_yes(version, cast.ben)
    leave(cast.dan, "lab", by="ada", now=NOW)
    with pytest.raises(Refused, match="Not enough people may approve in payments: 1 more from lab"):
        say_yes(version, cast.bea)
    version.refresh_from_db()
    assert version.state == "proposed"
    assert version.votes.count() == 1


def by_ada(cast):
    RoleGrant.objects.create(
        person=cast.dan, role="approver", account=cast.payments, granted_by="ada", granted_at=NOW
    )
    join(cast.dan, "lab", by="ada", now=NOW)
    return {"name": "payments", "by": cast.ada, "why": "x", "now": NOW}


def test_the_rule_of_the_moment_of_voting_decides(cast, inventory, groups):
    loose = propose(
        confirm(name="cards", applies_to={"aliases": ["card-*"]}), name="cards", by=cast.ada, why="x", now=NOW
    )
    apply_rules(rules(applies_to=PAYMENTS, requirements=TWO_GROUPS), by="terminal:root", why="x", now=NOW)
    loose.refresh_from_db()
    assert [need["group"] for need in loose.requirements[0]["requirements"]] == ["platform", "security"]
    assert not say_yes(loose, cast.ben)
    assert say_yes(loose, cast.bea)


def test_one_rejection_with_its_reason_ends_it(cast, proposed):
    say_yes(proposed, cast.ben)
    reject(proposed, by=cast.bea, reason="Not for cards", now=NOW)
    assert proposed.state == "rejected"
    assert Entry.objects.get(event="policy.rejected").data["reason"] == "Not for cards"
    with pytest.raises(Refused, match="payments version 2 is rejected"):
        say_yes(proposed, cast.bea)


def test_who_agreed_may_still_reject(cast, proposed):
    say_yes(proposed, cast.ben)
    reject(proposed, by=cast.ben, reason="On second thoughts", now=NOW)
    assert not proposed.votes.get().agrees


def test_a_rejection_says_why(cast, proposed):
    with pytest.raises(Refused, match="Say why you reject it"):
        reject(proposed, by=cast.ben, reason=" ", now=NOW)


def test_who_proposed_withdraws(cast, proposed):
    withdraw(proposed, by=cast.ada, now=NOW)
    assert proposed.state == "withdrawn"
    assert may_agree(cast.ben, proposed).reasons == ("payments version 2 is withdrawn.",)
    again = propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="again", now=NOW)
    assert again.number == 3


def test_another_person_does_not_withdraw(cast, proposed):
    assert may_withdraw(cast.ada, proposed).allowed
    with pytest.raises(Refused, match="Only who proposed it"):
        withdraw(proposed, by=cast.ben, now=NOW)


def test_it_says_who_agreed_what_is_missing_and_who_could(cast, proposed):
    say_yes(proposed, cast.ben)
    (tally,) = tallies(proposed)
    assert not tally.met
    assert [(line.requirement.group, line.filled_by, line.missing) for line in tally.lines] == [
        ("platform", ("ben",), 0),
        ("security", (), 1),
    ]
    assert tally.still_able == ("bea",)
    assert [tally.still_for(line) for line in tally.lines] == [(), ("bea",)]


def test_the_database_holds_one_active_version_of_a_policy(held):
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.create(
            policy=held.policy,
            number=9,
            document={},
            sha256="0" * 64,
            state="active",
            why="x",
            proposed_at=NOW,
        )
