"""Two sets of rules, rule by rule: what is weaker, what is stricter, and what is only another."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.policies.document.compare import _AS_STRICT, Bearing, compare, differences
from keyconsole.policies.document.parts import Selector, Span, Window
from keyconsole.policies.document.rules import Rule, Rules, Runs
from keyconsole.policies.document.words import rows
from keyconsole.policies.quorum.requirements import Requirement

START = datetime(2026, 12, 20, tzinfo=UTC)
TEAMS = (Requirement("platform", 1), Requirement("security", 1))
ONE = (Requirement("", 1),)
BASE = Rules(
    name="payments",
    rule=Rule.APPROVE,
    requirements=TEAMS,
    allowed_regions=("eu-west-1", "us-east-1"),
    ticket_pattern=r"OPS-\d+",
    reason_at_least=40,
    windows=(Window(("mon", "tue"), "08:00", "18:00", "UTC"),),
    freezes=(Span(START, START + timedelta(days=10), "Year end"),),
    runs=Runs.BY_HAND,
    emergency_group="on-call",
)


def window(days=("mon",), start="08:00", end="18:00", zone="UTC", *, active=True):
    return Window(days, start, end, zone, active)


def span(first, last):
    return Span(START + timedelta(days=first), START + timedelta(days=last), "Year end")


WEAKER = [
    ("Needs", {"requirements": ONE}),
    ("Needs", {"requirements": (Requirement("platform", 1),)}),
    ("Needs", {"rule": Rule.CONFIRM, "requirements": ()}),
    ("Allowed primary Regions", {"allowed_regions": ()}),
    ("Allowed primary Regions", {"allowed_regions": ("us-east-1", "eu-west-1", "us-west-2")}),
    ("Ticket", {"ticket_pattern": ""}),
    ("Reason", {"reason_at_least": 39}),
    ("A request waits", {"request_lives_hours": 73}),
    ("An approval holds", {"approval_lives_hours": 25}),
    ("Change windows", {"windows": ()}),
    ("Change windows", {"windows": (window(("mon", "tue", "wed")),)}),
    ("Change windows", {"windows": (window(("mon", "tue"), end="18:30"),)}),
    ("Change windows", {"windows": (window(("mon", "tue"), start="08:00", end="07:00"),)}),
    ("Change windows", {"windows": (window(("mon", "tue"), active=False),)}),
    ("Planned freezes", {"freezes": ()}),
    ("Planned freezes", {"freezes": (span(0, 9),)}),
    ("Planned freezes", {"freezes": (span(0, 4), span(5, 10))}),
    ("Runs", {"runs": Runs.AUTOMATIC}),
    ("Emergency", {"review_within_hours": 100}),
]
OTHER = [
    ("Needs", {"requirements": (Requirement("platform", 2),)}),
    ("Allowed primary Regions", {"allowed_regions": ("eu-west-1", "us-west-2")}),
    ("Ticket", {"ticket_pattern": "INC-[0-9]+"}),
    ("Change windows", {"windows": (window(("wed",)),)}),
    ("Change windows", {"windows": (window(("mon", "tue"), zone="Europe/Zurich"),)}),
    ("Planned freezes", {"freezes": (span(5, 15),)}),
    ("Planned freezes", {"freezes": (span(0, 5), span(5, 10))}),
    ("Emergency", {"emergency_group": "night-watch"}),
    ("Emergency", {"emergency_group": "night-watch", "review_within_hours": 1}),
]


@pytest.mark.parametrize(("label", "over"), WEAKER)
def test_what_asks_for_less_is_weaker_and_the_way_back_is_stricter(label, over):
    [found] = compare(BASE, replace(BASE, **over))
    assert (found.label, found.bearing, found.is_weaker) == (label, Bearing.WEAKER, True)
    [back] = compare(replace(BASE, **over), BASE)
    assert (back.label, back.bearing) == (label, Bearing.STRICTER)
    assert (back.before, back.after) == (found.after, found.before)


@pytest.mark.parametrize(("label", "over"), OTHER)
def test_where_each_lets_something_through_no_order_is_claimed(label, over):
    [found] = compare(BASE, replace(BASE, **over))
    assert (found.label, found.bearing) == (label, Bearing.OTHER)


def test_a_policy_with_default_fields_shows_all_that_it_drops():
    """Two teams become one approver, and the emergency path is gone."""
    found = {each.label: each for each in compare(BASE, Rules("cards", Rule.APPROVE, requirements=ONE))}
    assert found["Needs"].bearing == Bearing.WEAKER
    assert found["Needs"].before == ("1 from platform and 1 from security",)
    assert found["Needs"].after == ("1 of the account's approvers",)
    assert (found["Emergency"].after, found["Emergency"].bearing) == (("no emergency path",), "stricter")


def test_freezing_is_stricter_and_thawing_weaker():
    frozen = replace(BASE, frozen="Audit week.")
    assert [each.bearing for each in compare(BASE, frozen)] == [Bearing.STRICTER]
    assert [each.bearing for each in compare(frozen, BASE)] == [Bearing.WEAKER]
    assert [each.bearing for each in compare(frozen, replace(frozen, frozen="Longer."))] == [Bearing.OTHER]


def test_what_it_is_about_is_a_difference_of_documents_and_none_of_rules():
    about = replace(BASE, applies_to=Selector(aliases=("card-*",)))
    assert compare(BASE, about) == ()
    [found] = differences(BASE, about)
    assert (found.label, found.bearing) == ("Applies to", Bearing.OTHER)


def test_what_nobody_here_understands_is_neither():
    [found] = compare(BASE, replace(BASE, unread=("moon",)))
    assert (found.after, found.bearing) == (("moon",), Bearing.OTHER)


def test_a_window_over_the_end_of_the_week_goes_on_at_its_beginning():
    night = replace(BASE, windows=(window(("sun",), "22:00", "06:00"),))
    longer = replace(BASE, windows=(window(("sun",), "20:00", "24:00"), window(("mon",), "00:00", "06:00")))
    assert [each.bearing for each in compare(night, longer)] == [Bearing.WEAKER]


def test_every_row_of_a_document_has_its_order():
    every = rows(replace(BASE, unread=("moon",)))
    assert {row.label for row in every} == set(_AS_STRICT)
    assert len(fields(Rules)) == 17, "a further field: say in which row it is told, and what is stricter"


CLOCK = st.sampled_from(["00:00", "08:00", "12:00", "18:00", "23:30"])
DAY_SETS = st.lists(st.sampled_from(["mon", "tue", "sun"]), min_size=1, unique=True).map(tuple)
WINDOWS = st.lists(
    st.builds(Window, DAY_SETS, CLOCK, CLOCK, st.sampled_from(["UTC", "Asia/Tokyo"]), st.booleans()),
    max_size=3,
).map(tuple)
FREEZES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=3).map(
    lambda pairs: tuple(span(first, first + lasts) for first, lasts in pairs)
)
NEEDS = st.lists(
    st.builds(Requirement, st.sampled_from(["", "platform", "security"]), st.integers(1, 2)),
    min_size=1,
    max_size=3,
).map(tuple)
RULES = st.builds(
    Rules,
    name=st.just("payments"),
    rule=st.sampled_from(Rule),
    requirements=NEEDS,
    allowed_regions=st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
    ticket_pattern=st.sampled_from(["", "OPS", "INC"]),
    reason_at_least=st.integers(0, 2),
    request_lives_hours=st.integers(1, 3),
    approval_lives_hours=st.integers(1, 3),
    windows=WINDOWS,
    freezes=FREEZES,
    runs=st.sampled_from(Runs),
    emergency_group=st.sampled_from(["", "on-call", "night-watch"]),
    review_within_hours=st.integers(1, 3),
    frozen=st.sampled_from(["", "Audit week.", "Longer."]),
)
REVERSED = {
    Bearing.WEAKER: Bearing.STRICTER,
    Bearing.STRICTER: Bearing.WEAKER,
    Bearing.OTHER: Bearing.OTHER,
}


@given(RULES)
def test_with_itself_nothing_differs(rules):
    assert compare(rules, rules) == differences(rules, rules) == ()
    assert all(as_strict(rules, rules) for label, as_strict in _AS_STRICT.items() if label in _ORDERED)


_ORDERED = set(_AS_STRICT) - {"Applies to", "Not understood by this version of KeyConsole"}


@given(RULES, RULES)
def test_weaker_one_way_is_stricter_the_other(one, other):
    there, back = compare(one, other), compare(other, one)
    assert [(each.label, each.before, each.after, each.bearing) for each in back] == [
        (each.label, each.after, each.before, REVERSED[each.bearing]) for each in there
    ]


@given(RULES, RULES, RULES)
def test_what_is_as_strict_as_something_is_as_strict_as_all_that_is_weaker(one, two, three):
    for label in _ORDERED:
        as_strict = _AS_STRICT[label]
        if as_strict(one, two) and as_strict(two, three):
            assert as_strict(one, three), label
