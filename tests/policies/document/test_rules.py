from __future__ import annotations

import json

import pytest

from keyconsole.policies.document.parse import parse_rules
from keyconsole.policies.document.rules import DEFAULT, SCHEMA, Runs
from keyconsole.refusals import Invalid
from tests.policies.documents import TWO_GROUPS, document, freeze, rules, window


def problems(facts):
    with pytest.raises(Invalid) as refused:
        parse_rules(facts)
    return refused.value.problems


def test_a_full_document_survives_its_json():
    whole = rules(
        applies_to={
            "accounts": ["111122223333"],
            "units": ["prod/*"],
            "tags": {"tier": "gold*"},
            "aliases": ["card-*"],
            "from_regions": ["us-east-1"],
            "to_regions": ["eu-west-1"],
        },
        requirements=TWO_GROUPS,
        allowed_regions=["eu-west-1", "us-east-1"],
        ticket_pattern=r"CHG\d{7}",
        reason_at_least=20,
        windows=[
            window(),
            window(days=["tue", "wed"], start="22:00", end="04:00", time_zone="Europe/Zurich"),
        ],
        freezes=[freeze()],
        runs="by-hand",
        emergency_group="on-call",
        frozen="until the audit is over",
    )
    again = parse_rules(json.loads(json.dumps(whole.as_json())))
    assert again == whole
    assert again.rules_sha256 == whole.rules_sha256
    assert again.runs is Runs.BY_HAND


def test_what_is_left_out_has_its_default():
    least = parse_rules(document())
    assert (least.request_lives_hours, least.approval_lives_hours, least.review_within_hours) == (72, 24, 72)
    assert least.runs is Runs.AUTOMATIC
    assert (least.windows, least.freezes, least.allowed_regions) == ((), (), ())


def test_the_default_asks_one_of_the_accounts_approvers():
    assert DEFAULT.needs_approval
    assert [(need.group, need.at_least) for need in DEFAULT.requirements] == [("", 1)]


def test_every_difference_gives_another_hash():
    assert rules().rules_sha256 != rules(reason_at_least=1).rules_sha256
    assert rules().rules_sha256 != rules(name="other").rules_sha256


BAD = [
    ({"name": ""}, "name", "A policy's name"),
    ({"name": "explain"}, "name", "a page has that address"),
    ({"name": "Pay ments"}, "name", "A policy's name"),
    ({"name": 3}, "name", "has to be text, not a number"),
    ({"colour": "red"}, "colour", "There is no field 'colour'."),
    ({"schema": SCHEMA + 1}, "schema", f"writes schema {SCHEMA}: write that, or leave it out"),
    ({"schema": SCHEMA - 1}, "schema", f"writes schema {SCHEMA}"),
    ({"schema": str(SCHEMA)}, "schema", f"writes schema {SCHEMA}"),
    ({"schema": True}, "schema", f"writes schema {SCHEMA}"),
    ({"rule": "maybe"}, "rule", "Choose one of: confirm, approve."),
    ({"rule": []}, "rule", "Choose one of: confirm, approve."),
    ({"requirements": []}, "requirements", "needs at least one requirement"),
    ({"rule": "confirm"}, "requirements", "The rule confirm has no requirements"),
    ({"requirements": [{"group": "a", "at_least": 0}]}, "requirements", "At least 1 and at most 20"),
    ({"requirements": [{"group": "a", "at_least": -1}]}, "requirements", "At least 1 and at most 20"),
    ({"requirements": [{"group": "a", "at_least": True}]}, "requirements", "whole number, not true or false"),
    ({"requirements": [{"group": "a", "at_least": 1.5}]}, "requirements", "whole number, not a number"),
    ({"requirements": [{"group": "a"}]}, "requirements", "The field 'at_least' is missing."),
    ({"requirements": [{"group": "  ", "at_least": 1}]}, "requirements", "A group's name is empty."),
    ({"requirements": [{"group": None, "at_least": 1}]}, "requirements", "has to be text, not nothing"),
    ({"requirements": [{"group": "a", "at_least": 1, "x": 1}]}, "requirements", "no field 'x' here"),
    ({"requirements": TWO_GROUPS[:1] * 2}, "requirements", "platform is asked twice"),
    ({"requirements": "platform"}, "requirements", "has to be a list, not text"),
    ({"requirements": ["platform"]}, "requirements", "has to be an object, not text"),
    ({"requirements": [{"group": f"g{n}", "at_least": 1} for n in range(11)]}, "requirements", "At most 10"),
    ({"applies_to": []}, "applies_to", "has to be an object, not a list"),
    ({"applies_to": {"colour": []}}, "applies_to", "no field 'colour' here"),
    ({"applies_to": {"accounts": [""]}}, "applies_to", "An entry is empty."),
    ({"applies_to": {"accounts": ["11112222333*"]}}, "applies_to", "'11112222333*' is no account number"),
    ({"applies_to": {"accounts": ["\u0661" * 12]}}, "applies_to", "is no account number"),
    ({"applies_to": {"accounts": ["a", "a"]}}, "applies_to", "stands there twice"),
    ({"applies_to": {"aliases": ["alias/x"]}}, "applies_to", "without alias/"),
    ({"applies_to": {"from_regions": ["mars-1"]}}, "applies_to", "No Region with KMS is called 'mars-1'."),
    ({"applies_to": {"tags": ["a"]}}, "applies_to", "object of names and patterns"),
    ({"applies_to": {"accounts": [str(n) for n in range(201)]}}, "applies_to", "At most 200 entries"),
    ({"allowed_regions": ["eu-west-1", "moon"]}, "allowed_regions", "called 'moon'"),
    ({"ticket_pattern": "(a+)+"}, "ticket_pattern", "very long to check"),
    ({"ticket_pattern": "a" * 300}, "ticket_pattern", "at most 200 characters; this one has 300"),
    ({"ticket_pattern": "a" * 10_000}, "ticket_pattern", "At most 500 characters; these are 10,000."),
    ({"ticket_pattern": "("}, "ticket_pattern", "not a regular expression"),
    ({"reason_at_least": -1}, "reason_at_least", "From 0 to 500"),
    ({"request_lives_hours": 0}, "request_lives_hours", "From 1 to 2,160 hours."),
    ({"approval_lives_hours": 10**9}, "approval_lives_hours", "From 1 to 2,160 hours."),
    ({"review_within_hours": "3"}, "review_within_hours", "whole number, not text"),
    ({"windows": [window(days=[])]}, "windows", "Window 1: days are some of mon"),
    ({"windows": [window(days=["monday"])]}, "windows", "Window 1: days are some of mon"),
    ({"windows": [window(start="9:00")]}, "windows", "written HH:MM"),
    ({"windows": [window(end="25:00")]}, "windows", "written HH:MM"),
    ({"windows": [window(start="24:00")]}, "windows", "written HH:MM"),
    ({"windows": [window(end="09:00")]}, "windows", "begins and ends at the same time"),
    ({"windows": [window(time_zone="Mars/Olympus")]}, "windows", "no time zone is called 'Mars/Olympus'"),
    ({"windows": [window(time_zone="../../etc/passwd")]}, "windows", "no time zone is called"),
    ({"windows": [window(time_zone="")]}, "windows", "no time zone is called"),
    ({"windows": [window(active=1)]}, "windows", "`active` has to be true or false"),
    ({"windows": [window(), window(start="16:59", end="18:00")]}, "windows", "Windows 1 and 2 overlap."),
    ({"windows": [window()] * 51}, "windows", "At most 50 windows"),
    ({"freezes": [freeze(to_at="2026-12-19T00:00:00+00:00")]}, "freezes", "ends before it begins"),
    ({"freezes": [freeze(to_at="2027-01-04T00:00:00")]}, "freezes", "needs its offset from UTC"),
    ({"freezes": [freeze(to_at="soon")]}, "freezes", "A moment is written"),
    ({"freezes": [freeze(why="")]}, "freezes", "does not say why"),
    ({"freezes": [freeze(from_at="0001-01-01T00:00:00+00:00")]}, "freezes", "the years 2000 to 2100"),
    ({"runs": "when it likes"}, "runs", "Choose one of: automatic, by-hand."),
    ({"frozen": "x" * 501}, "frozen", "At most 500 characters"),
    ({"frozen": "a\x00b"}, "frozen", "Control characters"),
    ({"emergency_group": "on\u202ecall"}, "emergency_group", "invisible marks"),
]


@pytest.mark.parametrize(
    ("over", "field", "words"), BAD, ids=[f"{field}-{words[:30]}" for _, field, words in BAD]
)
def test_what_cannot_stand_is_told_beside_its_field(over, field, words):
    found = problems(document(**over))
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize("facts", [None, [], "policy", 3])
def test_a_document_is_one_object(facts):
    assert problems(facts) == {"document": "A policy is one JSON object."}


def test_name_and_rule_are_needed():
    assert problems({}) == {"name": "This field is needed.", "rule": "This field is needed."}


def test_every_problem_is_told_at_once():
    assert set(problems(document(name="", reason_at_least=-1, allowed_regions=["moon"]))) == {
        "name",
        "reason_at_least",
        "allowed_regions",
    }


OVERLAPPING = {
    "over midnight into the next day": (
        window(start="22:00", end="04:00"),
        window(days=["tue"], start="03:00", end="05:00"),
    ),
    "over the end of the week": (
        window(days=["sun"], start="22:00", end="04:00"),
        window(start="03:00", end="05:00"),
    ),
    "in two zones": (window(), window(start="17:30", end="18:30", time_zone="Europe/Zurich")),
    "in summer only": (window(), window(start="18:00", end="19:00", time_zone="Europe/Zurich")),
}


@pytest.mark.parametrize("pair", OVERLAPPING.values(), ids=OVERLAPPING)
def test_windows_that_share_time_are_refused(pair):
    assert problems(document(windows=list(pair))) == {"windows": "Windows 1 and 2 overlap."}


def test_windows_side_by_side_and_switched_off_ones_do_not_overlap():
    rules(windows=[window(), window(start="17:00", end="18:00")])
    rules(windows=[window(), window(start="10:00", end="11:00", active=False)])
    rules(windows=[window(days=["mon", "tue"], start="00:00", end="24:00"), window(days=["wed"])])
