"""Policies that another version stored: by an earlier schema, or with what this one does not understand."""

from __future__ import annotations

import pytest

from keyconsole.policies.document.rules import document_sha256
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import Policy, PolicyVersion
from keyconsole.policies.versions.health import unsatisfiable
from keyconsole.policies.versions.propose import activate_agreed, agree, propose, reject
from keyconsole.refusals import Refused
from tests.cast import NOW
from tests.policies.documents import TWO_GROUPS, apply_rules, confirm, rules

PAYMENTS = {"accounts": ["111122223333"]}
HELD = rules(applies_to=PAYMENTS, requirements=TWO_GROUPS)
NOT_UNDERSTOOD = "This version of KeyConsole does not understand second_look in its rules."


def stored(document, **over):
    policy, _ = Policy.objects.get_or_create(name=document["name"])
    facts = {"number": 1, "state": "active", "why": "Long ago.", "proposed_at": NOW, **over}
    sha256 = document_sha256(policy.name, document)
    return PolicyVersion.objects.create(policy=policy, document=document, sha256=sha256, **facts)


def without_schema(some):
    return {name: entry for name, entry in some.as_json().items() if name != "schema"}


@pytest.fixture
def later(inventory, groups):
    """It holds, and holds something that no version before the next understands."""
    return stored({**HELD.as_json(), "second_look": True})


def test_a_policy_of_an_earlier_schema_governs_as_before(inventory, groups):
    version = stored(without_schema(HELD))
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert (found.version, found.rules, found.unread, found.doubt) == (version, HELD, "", "")
    assert version.sha256 != HELD.rules_sha256


def test_what_it_says_already_is_not_proposed_again_in_other_bytes(cast, inventory, groups):
    stored(without_schema(HELD))
    with pytest.raises(Refused, match="That is what payments version 1 already says"):
        propose(HELD, name="payments", by=cast.ada, why="Again", now=NOW)


def test_an_earlier_proposal_is_agreed_to_by_the_hash_it_was_stored_with(cast, inventory, groups):
    document = without_schema(HELD)
    version = stored(document, state="proposed", proposer=cast.ada)
    sha256 = version.sha256
    with pytest.raises(Refused):
        agree(version, by=cast.ben, sha256=HELD.rules_sha256, now=NOW)
    assert agree(version, by=cast.ben, sha256=sha256, now=NOW)
    version.refresh_from_db()
    assert (version.state, version.document, version.sha256) == ("active", document, sha256)


def test_what_is_not_understood_is_flagged_where_policies_are_looked_after(later):
    assert unsatisfiable() == [(later, NOT_UNDERSTOOD)]


def test_nobody_can_tell_what_a_move_needs_that_it_may_govern(later, inventory):
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert found.unread == (
        f"The policy payments may govern this move. {NOT_UNDERSTOOD} "
        "Nobody can tell what the move needs until it does."
    )
    assert governing_for(inventory.genome, to_region="us-east-1").unread == ""


def test_a_less_specific_one_leaves_it_open_too(later, inventory):
    apply_rules(
        rules(name="cards", applies_to={**PAYMENTS, "aliases": ["card-*"]}), by="root", why="x", now=NOW
    )
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert found.rules.name == "cards"
    assert NOT_UNDERSTOOD in found.unread


def test_beside_it_nobody_proposes_or_agrees_since_nobody_knows_who_is_asked(later, cast, inventory):
    with pytest.raises(Refused, match="payments version 1 holds"):
        propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="Too slow", now=NOW)
    other = rules(name="lab", applies_to={"accounts": ["222233334444"]})
    waiting = stored(other.as_json(), state="proposed", proposer=cast.ada)
    with pytest.raises(Refused, match="policy apply` on the server is the way"):
        agree(waiting, by=cast.ben, sha256=waiting.sha256, now=NOW)
    assert not waiting.votes.exists()
    activate_agreed(now=NOW)
    reject(waiting, by=cast.ben, reason="Not now.", now=NOW)
    assert list(PolicyVersion.objects.filter(state="active")) == [later]


def test_a_proposal_with_something_not_understood_does_not_begin_to_hold(cast, inventory, groups):
    waiting = stored({**HELD.as_json(), "second_look": True}, state="proposed", proposer=cast.ada)
    with pytest.raises(Refused, match="does not understand second_look"):
        agree(waiting, by=cast.ben, sha256=waiting.sha256, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == "proposed"


def test_the_terminal_puts_one_in_its_place_that_is_understood(later, cast, inventory):
    apply_rules(HELD, by="terminal:root", why="The update comes next week.", now=NOW)
    found = governing_for(inventory.card_vault, to_region="eu-west-1")
    assert (found.rules, found.unread) == (HELD, "")
    asked = propose(confirm(applies_to=PAYMENTS), name="payments", by=cast.ada, why="x", now=NOW)
    assert asked.state == "proposed"
