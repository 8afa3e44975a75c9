"""Stored facts and a look in, a difference out: as a table, without a database."""

from __future__ import annotations

import pytest

from keyconsole.inventory.models import Outcome, Sight
from keyconsole.inventory.observation import RegionObservation
from keyconsole.inventory.store.diff import Before, Difference, compare
from tests.inventory.facts import KEY, OTHER, A, B, C, at, facts, look, seen

NONE: frozenset[object] = frozenset()
KNOWN = {KEY: frozenset({A, B})}
SEEN_BEFORE = {KEY: Before(Sight.SEEN, ever_seen=True, last_look_at=at(-60))}


def difference(
    one: RegionObservation,
    *,
    here: dict[str, Before] | None = None,
    members: dict[str, frozenset[str]] | None = None,
) -> Difference:
    return compare(one, here=here or {}, members=members or {})


def test_an_unknown_key_is_new_with_every_region_that_it_names():
    found = difference(look(A, Outcome.SEEN, seen(facts(A, regions=(A, B, C)))))
    assert found.new_keys == {KEY}
    assert found.new_rows == {(KEY, A), (KEY, B), (KEY, C)}
    assert found.appeared == set()


def test_the_same_look_again_changes_nothing_but_what_was_seen():
    found = difference(look(A, Outcome.SEEN, seen(facts(A))), here=SEEN_BEFORE, members=KNOWN)
    assert (found.new_keys, found.new_rows, found.appeared, found.gone) == (NONE, NONE, NONE, NONE)
    assert [key.facts.key_id for key in found.seen] == [KEY]
    assert found.unseen == {}


def test_a_region_named_for_the_first_time_has_appeared():
    found = difference(
        look(A, Outcome.SEEN, seen(facts(A, regions=(A, B, C)))), here=SEEN_BEFORE, members=KNOWN
    )
    assert found.new_rows == found.appeared == {(KEY, C)}


def test_a_region_key_that_came_back_has_appeared():
    gone = {KEY: Before(Sight.GONE, ever_seen=True, last_look_at=at(-60))}
    found = difference(look(B, Outcome.SEEN, seen(facts(B))), here=gone, members=KNOWN)
    assert found.appeared == {(KEY, B)}


@pytest.mark.parametrize(
    ("outcome", "sight"),
    [
        (Outcome.DENIED, Sight.DENIED),
        (Outcome.UNREACHABLE, Sight.UNREACHABLE),
        (Outcome.FAILED, Sight.UNREACHABLE),
    ],
)
def test_a_blind_look_hides_keys_and_takes_none_away(outcome, sight):
    found = difference(look(A, outcome), here=SEEN_BEFORE, members=KNOWN)
    assert found.unseen == {KEY: sight}
    assert found.gone == set()


@pytest.mark.parametrize("outcome", [Outcome.EMPTY, Outcome.SEEN, Outcome.PARTIAL])
def test_a_complete_list_without_the_key_says_that_it_is_gone(outcome):
    found = difference(look(A, outcome), here=SEEN_BEFORE, members=KNOWN)
    assert found.gone == found.gone_from_sight == {KEY}
    assert found.unseen == {}


def test_what_is_gone_is_not_gone_twice():
    gone = {KEY: Before(Sight.GONE, ever_seen=True, last_look_at=at(-60))}
    assert difference(look(A, Outcome.EMPTY), here=gone, members=KNOWN).gone == set()
    assert difference(look(A, Outcome.DENIED), here=gone, members=KNOWN).unseen == {}


def test_a_region_key_that_was_only_named_goes_without_having_been_in_sight():
    named = {KEY: Before(Sight.UNLOOKED, ever_seen=False, last_look_at=None)}
    found = difference(look(B, Outcome.EMPTY), here=named, members=KNOWN)
    assert (found.gone, found.gone_from_sight) == (frozenset({KEY}), NONE)


def test_a_look_that_broke_off_hides_only_what_it_had_not_described():
    both = SEEN_BEFORE | {OTHER: Before(Sight.SEEN, ever_seen=True, last_look_at=at(-60))}
    broken = look(A, Outcome.UNREACHABLE, seen(facts(A)), listed={KEY, OTHER})
    found = difference(broken, here=both, members=KNOWN | {OTHER: frozenset({A})})
    assert found.unseen == {OTHER: Sight.UNREACHABLE}
    assert found.gone == set()


def test_a_key_that_may_not_be_described_is_kept_as_denied():
    partial = look(A, Outcome.PARTIAL, undescribed={KEY: Sight.DENIED})
    assert difference(partial, here=SEEN_BEFORE, members=KNOWN).unseen == {KEY: Sight.DENIED}
    assert difference(partial).new_keys == {KEY}
    assert difference(partial).new_rows == {(KEY, A)}


def test_a_newer_look_than_this_one_stays():
    newer = {KEY: Before(Sight.SEEN, ever_seen=True, last_look_at=at(+5))}
    assert difference(look(A, Outcome.SEEN, seen(facts(A))), here=newer, members=KNOWN).seen == ()
    assert difference(look(A, Outcome.EMPTY), here=newer, members=KNOWN).gone == set()
    assert difference(look(A, Outcome.DENIED), here=newer, members=KNOWN).unseen == {}
