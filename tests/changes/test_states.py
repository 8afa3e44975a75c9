from __future__ import annotations

import itertools

import pytest

from keyconsole.changes.states import CLOSED, IN_FLIGHT, MAY_BECOME, OPEN, State

STEPS = {
    "pending": "approved rejected cancelled expired stale",
    "approved": "pending executing rejected cancelled expired stale",
    "executing": "settling approved stale not_applied",
    "settling": "done not_applied unknown",
    "done": "",
    "rejected": "",
    "cancelled": "",
    "expired": "",
    "stale": "",
    "not_applied": "",
    "unknown": "",
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_every_cell_of_the_table(before, after):
    assert (after in MAY_BECOME[before]) == (after.value in STEPS[before.value].split())


def test_a_closed_change_stays_closed():
    assert {state.value for state in CLOSED} == {
        "done",
        "rejected",
        "cancelled",
        "expired",
        "stale",
        "not_applied",
        "unknown",
    }
    assert not CLOSED & OPEN
    assert set(State) == CLOSED | OPEN


def test_a_change_that_may_have_reached_aws_cannot_be_cancelled():
    for state in IN_FLIGHT:
        assert State.CANCELLED not in MAY_BECOME[state]
