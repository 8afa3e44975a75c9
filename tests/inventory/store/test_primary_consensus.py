"""Who is primary when all that a scan saw is put together."""

from __future__ import annotations

import pytest

from keyconsole.inventory.store.primary_consensus import Verdict, judge
from keyconsole.kms.facts import KeyState, RegionKeyFacts, Role
from tests.inventory.facts import A, B, C, at, facts, seen

UPDATING = KeyState.UPDATING


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param([facts(A), facts(B)], Verdict(A, at(0), by_itself=True), id="settled"),
        pytest.param(
            [facts(A, primary=B), facts(B, primary=B)], Verdict(B, at(1), by_itself=True), id="moved"
        ),
        pytest.param([facts(B)], Verdict(A, at(0), by_itself=False), id="only a replica was seen"),
        pytest.param(
            [facts(B, regions=(A, B, C)), facts(C, regions=(A, B, C))],
            Verdict(A, at(0), by_itself=False),
            id="two replicas agree",
        ),
        pytest.param([], None, id="nothing was seen"),
        pytest.param(
            [facts(A, primary=B, state=UPDATING), facts(B, primary=B, state=UPDATING)],
            None,
            id="swapped at once",
        ),
        pytest.param(
            [facts(A, role=Role.REPLICA, state=UPDATING), facts(B, state=UPDATING)], None, id="two replicas"
        ),
        pytest.param([facts(A, role=Role.REPLICA), facts(B)], None, id="nobody says it is, all say A"),
        pytest.param([facts(A), facts(B, primary=B)], None, id="two primaries"),
        pytest.param([facts(A, primary=B), facts(B)], None, id="each names the other"),
        pytest.param([facts(A), facts(B, primary=C, regions=(A, B, C))], None, id="one names a third"),
        pytest.param([facts(A, primary=B, role=Role.PRIMARY)], None, id="says it is and names another"),
    ],
)
def test_a_primary_is_what_every_member_agrees_on(shown: list[RegionKeyFacts], expected: Verdict | None):
    assert judge([seen(one, minutes=minutes) for minutes, one in enumerate(shown)]) == expected


def test_a_key_state_other_than_updating_does_not_hide_the_primary():
    for state in set(KeyState) - {UPDATING}:
        verdict = judge([seen(facts(A, state=state)), seen(facts(B))])
        assert verdict == Verdict(A, at(0), by_itself=True)
