"""What a document would change is seen for every group of keys: in the record, a message and the terminal."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery
from keyconsole.policies.cli import version_text
from keyconsole.policies.versions.effects import effect_lines, effects_of
from keyconsole.policies.versions.propose import agree, propose
from tests.cast import NOW, Member, make_key
from tests.changes.commands import manage
from tests.policies.documents import TWO_GROUPS, apply_rules, rules

pytestmark = pytest.mark.django_db
PAYMENTS = {"accounts": ["111122223333"]}
CARDS = {"aliases": ["card-*"]}


@pytest.fixture
def held(cast, inventory, groups):
    """Two teams for payments, with an emergency path."""
    some = rules(applies_to=PAYMENTS, requirements=TWO_GROUPS, emergency_group="platform")
    return apply_rules(some, by="terminal:root", why="x", now=NOW)


def cards():
    """A new policy for some of these keys, with default fields."""
    return rules(name="cards", applies_to=CARDS)


def told(effects):
    return [
        (
            each.passage.before,
            each.passage.after,
            [key.name for key in each.keys],
            {line.label: line.bearing.value for line in each.comparisons},
        )
        for each in effects
    ]


def test_a_new_policy_that_takes_keys_away_from_a_stricter_one_is_seen_rule_by_rule(held):
    assert told(effects_of("cards", cards())) == [
        ("payments", "cards", ["card-vault"], {"Needs": "weaker", "Emergency": "stricter"})
    ]


def test_each_group_of_keys_is_told_apart(held, cast):
    make_key(cast.research, f"mrk-{5:032x}", Member("us-east-1"), Member("eu-west-1"), alias="alias/card-lab")
    assert [each[:3] for each in told(effects_of("cards", cards()))] == [
        ("", "cards", ["card-lab"]),
        ("payments", "cards", ["card-vault"]),
    ]


def test_another_version_of_the_same_policy(held):
    looser = rules(applies_to=PAYMENTS, requirements=TWO_GROUPS, emergency_group="")
    assert told(effects_of("payments", looser)) == [
        ("payments", "payments", ["card-vault", "ledger"], {"Emergency": "stricter"})
    ]


def test_retiring_a_policy_says_what_its_keys_fall_to(held):
    [effect] = effects_of("payments", None)
    assert (effect.passage.before, effect.passage.after) == ("payments", "")
    assert effect.weaker == 1
    assert effect_lines([effect]).splitlines() == [
        "2 known keys, governed now by payments, then by the default:",
        "  weaker   Needs: 1 from platform and 1 from security -> 1 of the account's approvers",
        "  stricter Emergency: the group platform; reviewed within 3 days -> no emergency path",
    ]


def test_where_no_known_key_is_touched_it_says_so(held):
    nothing = effects_of("boats", rules(name="boats", applies_to={"aliases": ["boat-*"]}))
    assert nothing == ()
    assert effect_lines(nothing) == "No known key comes under other rules."


def test_the_record_carries_it_when_it_is_proposed_and_when_it_holds(held, cast):
    version = propose(cards(), name="cards", by=cast.ada, why="x", now=NOW)
    [effect] = Entry.objects.get(event="policy.proposed").data["effects"]
    assert (effect["before"], effect["after"], effect["keys"]) == ("payments", "cards", 1)
    assert effect["rules"][0] == {
        "rule": "Needs",
        "before": ["1 from platform and 1 from security"],
        "after": ["1 of the account's approvers"],
        "bearing": "weaker",
    }
    assert "card-vault" not in json.dumps(effect)
    for person in (cast.ben, cast.bea):
        agree(version, by=person, sha256=version.sha256, now=NOW)
    assert Entry.objects.get(event="policy.activated").data["effects"] == [effect]


def test_what_is_applied_at_the_terminal_carries_it_too(held):
    apply_rules(cards(), by="terminal:root", why="x", now=NOW)
    entry = Entry.objects.filter(event="policy.applied_at_terminal").order_by("-number")[0]
    assert entry.data["effects"][0]["rules"][0]["bearing"] == "weaker"


def test_the_message_says_that_it_is_weaker_and_what(held, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.update(email="somebody@example.com")
    propose(cards(), name="cards", by=cast.ada, why="x", now=NOW)
    sent = Delivery.objects.filter(topic="policy.needs_you")[0]
    assert sent.subject == "cards version 1 waits for your agreement (weaker rules)"
    assert "1 known key, governed now by payments, then by cards:" in sent.body
    assert "weaker   Needs: 1 from platform and 1 from security -> 1 of the account's approvers" in sent.body


def test_what_is_only_stricter_is_not_called_weaker(held, cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.update(email="somebody@example.com")
    three = rules(
        applies_to=PAYMENTS, requirements=TWO_GROUPS, reason_at_least=40, emergency_group="platform"
    )
    propose(three, name="payments", by=cast.ada, why="x", now=NOW)
    assert Delivery.objects.filter(topic="policy.needs_you")[0].subject.endswith("waits for your agreement")


def test_the_terminal_prints_it_before_anybody_agrees_and_before_it_is_applied(held, cast, tmp_path):
    version = propose(cards(), name="cards", by=cast.ada, why="x", now=NOW)
    line = "weaker   Needs: 1 from platform and 1 from security -> 1 of the account's approvers"
    assert line in version_text(version)
    assert line in manage("policy", "show", "cards").out
    file = tmp_path / "cards.json"
    file.write_text(json.dumps(cards().as_json()), encoding="utf-8")
    said = manage("policy", "apply", file, "--why", "Locked out.", "--confirm", "other")
    assert line in said.err
    assert said.status == 1
