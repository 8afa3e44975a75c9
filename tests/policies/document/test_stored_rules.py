"""Documents that were stored once: read by every later version, never refused, never weaker."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.policies.document import past_fields
from keyconsole.policies.document.parse import parse_rules, stored_rules
from keyconsole.policies.document.past_fields import STEPS, Step
from keyconsole.policies.document.rules import SCHEMA, Rule, Rules, document_sha256
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.refusals import Invalid
from tests.policies.documents import TWO_GROUPS, document, freeze, rules, window

# As they were stored, to the letter: never edited, only added to. The first carried no schema.
FIRST: dict[str, Any] = {
    "name": "payments",
    "applies_to": {
        "accounts": ["payments"],
        "units": ["prod/*"],
        "tags": {"tier": "gold*"},
        "aliases": ["card-*"],
        "from_regions": ["us-east-1"],
        "to_regions": ["eu-west-1"],
    },
    "rule": "approve",
    "requirements": [{"group": "platform", "at_least": 1}, {"group": "security", "at_least": 2}],
    "allowed_regions": ["eu-west-1"],
    "ticket_pattern": "CHG\\d{7}",
    "reason_at_least": 20,
    "request_lives_hours": 48,
    "approval_lives_hours": 12,
    "windows": [
        {"days": ["mon"], "start": "09:00", "end": "17:00", "time_zone": "UTC", "active": True},
    ],
    "freezes": [
        {"from_at": "2026-12-20T00:00:00+00:00", "to_at": "2027-01-04T00:00:00+00:00", "why": "Year end"},
    ],
    "runs": "by-hand",
    "emergency_group": "on-call",
    "review_within_hours": 24,
    "frozen": "until the audit is over",
}
STORED = {0: FIRST, 1: {"schema": 1, **FIRST}}
SHA256 = {
    0: "4f29d03796c2097a35b1c85ab3e74171da0a2db763cd3693b54db2664bef4aa6",
    1: "bc4cfc17318685abdeba94aace4217d82069bdc89842c831bf210a3cf4884680",
}


def without(facts, *names):
    return {name: entry for name, entry in facts.items() if name not in names}


def test_a_document_says_which_schema_it_is_written_in():
    assert rules().as_json()["schema"] == SCHEMA
    assert set(STORED) == set(SHA256) == set(range(SCHEMA + 1)), "store one of the new schema here"
    assert set(STEPS) == set(range(SCHEMA)), "say in past_fields what became of the fields of the last schema"


@pytest.mark.parametrize("schema", STORED)
def test_a_document_of_every_schema_is_still_understood(schema):
    read = stored_rules(STORED[schema])
    assert read.unread == ()
    assert read == stored_rules(stored_rules(STORED[SCHEMA]).as_json())
    assert read.requirements == (Requirement("platform", 1), Requirement("security", 2))
    assert (read.frozen, read.freezes[0].why) == ("until the audit is over", "Year end")


@pytest.mark.parametrize("schema", STORED)
def test_the_hash_is_that_of_the_document_as_it_was_stored(schema):
    assert document_sha256("payments", STORED[schema]) == SHA256[schema]


def test_what_is_written_today_reads_back_as_it_was():
    whole = rules(requirements=TWO_GROUPS, windows=[window()], freezes=[freeze()], runs="by-hand")
    assert stored_rules(json.loads(json.dumps(whole.as_json()))) == whole


@pytest.fixture
def renamed(monkeypatch):
    """As if reasons, requirements and what stands in these had other names before schema 1."""
    names = {
        "reason_length": "reason_at_least",
        "approvers": "requirements",
        "approvers.people": "at_least",
        "applies_to.organisational_units": "units",
    }
    monkeypatch.setitem(
        past_fields.STEPS, 0, Step(renamed=names, retired=frozenset({"colour", "windows.sign"}))
    )


def with_past_names(**over):
    past = without(FIRST, "reason_at_least", "requirements", "applies_to")
    return {
        **past,
        "reason_length": 20,
        "approvers": [{"group": "platform", "people": 1}, {"group": "security", "people": 2}],
        "applies_to": {**without(FIRST["applies_to"], "units"), "organisational_units": ["prod/*"]},
        **over,
    }


def test_a_renamed_field_is_read_by_its_present_name(renamed):
    assert stored_rules(with_past_names()) == stored_rules(STORED[SCHEMA])


def test_a_past_name_is_only_read_in_the_documents_of_its_time(renamed):
    read = stored_rules(with_past_names(schema=1))
    assert set(read.unread) == {"reason_length", "approvers", "applies_to.organisational_units"}
    assert read.applies_to.units == ()


def test_what_stands_there_by_both_names_is_not_understood(renamed):
    assert stored_rules(with_past_names(reason_at_least=5)).unread == ("reason_length",)


def test_a_retired_field_is_left_out_and_nothing_is_missed(renamed):
    windows = [{**FIRST["windows"][0], "sign": "open"}]
    read = stored_rules(with_past_names(colour="red", windows=windows))
    assert read == stored_rules(STORED[SCHEMA])


def test_without_the_table_a_past_name_is_not_understood():
    read = stored_rules(with_past_names())
    assert set(read.unread) == {"reason_length", "approvers", "applies_to.organisational_units"}


NOT_UNDERSTOOD = [
    ({"second_look": True}, ("second_look",)),
    ({"requirements": [{"group": "a", "at_least": 1, "within_hours": 2}]}, ("requirements.within_hours",)),
    ({"applies_to": {"accounts": ["payments"], "key_specs": ["RSA_2048"]}}, ("applies_to.key_specs",)),
    ({"windows": [window(holidays="CH")]}, ("windows.holidays",)),
    ({"freezes": [freeze(but="emergencies")]}, ("freezes.but",)),
    ({"requirements": [{"group": "a", "at_least": "half"}]}, ("requirements",)),
    ({"requirements": "platform"}, ("requirements",)),
    ({"rule": "two-step"}, ("rule",)),
    ({"runs": "at-night"}, ("runs",)),
    ({"reason_at_least": None}, ("reason_at_least",)),
    ({"schema": SCHEMA + 1}, (f"schema {SCHEMA + 1}",)),
    ({"schema": "1"}, ("schema",)),
    ({"schema": True}, ("schema",)),
    ({"schema": -1}, ("schema",)),
]


@pytest.mark.parametrize(("over", "unread"), NOT_UNDERSTOOD)
def test_what_nobody_understands_is_named_and_the_rest_is_read(over, unread):
    read = stored_rules(document(**over))
    assert read.unread == unread
    assert read.name == "payments"
    assert f"does not understand {unread[0]} in its rules." in read.unread_words
    with pytest.raises(Invalid):
        parse_rules(document(**over))


def test_what_is_not_understood_counts_as_a_difference_and_is_not_written_again():
    later = stored_rules(document(second_look=True))
    assert later != rules()
    assert "second_look" not in later.as_json()


def test_a_rule_that_cannot_be_read_is_the_stricter_one():
    damaged: tuple[object, ...] = ({}, {"name": "a"}, document(rule=None), "policy", None, [])
    for facts in damaged:
        read = stored_rules(facts)
        assert read.rule is Rule.APPROVE
        assert read.unread


def test_what_is_left_out_has_its_default():
    least = stored_rules({"name": "payments", "rule": "confirm"})
    assert least == Rules(name="payments", rule=Rule.CONFIRM)
    assert least.unread == ()


def test_of_many_things_some_are_named():
    read = stored_rules(document(**{f"later_{number}": 1 for number in range(9)}))
    assert read.unread_words.endswith("later_4 and 4 more in its rules.")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from([*STORED[SCHEMA], "later"])


@given(st.dictionaries(fields, json_values) | json_values)
def test_nothing_that_could_be_stored_is_refused(facts):
    read = stored_rules(facts)
    assert read.unread or parse_or_none(facts) in {None, read}


@given(st.dictionaries(fields, json_values))
def test_what_a_person_could_not_write_is_never_taken_for_understood(over):
    """Its shape, that is: what values mean was judged when it was accepted."""
    facts = {**STORED[SCHEMA], **over}
    if stored_rules(facts).unread:
        assert parse_or_none(facts) is None


def parse_or_none(facts):
    try:
        return parse_rules(facts)
    except Invalid:
        return None
