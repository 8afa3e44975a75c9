"""Whatever people, clocks and policies do: it runs with everybody it needs, and never with fewer."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keyconsole.policies.document.rules import Runs
from keyconsole.policies.quorum.requirements import Requirement
from tests.changes.approval_world import World

pytestmark = pytest.mark.django_db

NEEDS = st.sampled_from(
    [
        (Requirement("", 1),),
        (Requirement("", 2),),
        (Requirement("platform", 1), Requirement("security", 1)),
        (Requirement("security", 2),),
        (Requirement("", 1), Requirement("platform", 2)),
    ]
)
NAMES = st.sampled_from(["ana", "ben", "bea", "cleo"])
GROUPS = st.sampled_from(["platform", "security"])
HOURS = st.sampled_from([0.25, 1, 5, 6, 13, 24])


def deed(name, *about):
    return st.tuples(st.just(name), *about)


UPSETS = st.one_of(
    *(deed(name, NAMES) for name in ("withdraw", "approve", "lose_role", "quit", "get_role", "come_back")),
    *(deed(name, NAMES, GROUPS) for name in ("leave", "join")),
    *(deed(name) for name in ("freeze", "lift", "sweep", "claim", "loosen", "tighten")),
    *[deed("wait", HOURS)] * 3,
)
VOTES = st.permutations([("approve", "ben"), ("approve", "bea"), ("approve", "cleo")])
# Most lives come near to running: of interest is what happens just before, between and after the votes.
LIVES = st.tuples(st.lists(UPSETS, max_size=2), VOTES, st.lists(UPSETS, max_size=4)).map(
    lambda parts: [step for part in parts for step in part]
)
TWO_TEAMS = (Requirement("platform", 1), Requirement("security", 1))
VOTED = [("approve", "ben"), ("approve", "bea")]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=False, life=[*VOTED, ("wait", 24)])
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=True, life=[*VOTED, ("wait", 6)])
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=False, life=[*VOTED, ("leave", "ben", "platform")])
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=False, life=[*VOTED, ("quit", "bea")])
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=False, life=[*VOTED, ("lose_role", "ana")])
@example(needs=TWO_TEAMS, runs=Runs.BY_HAND, by_day=False, life=[*VOTED, ("freeze",)])
@example(needs=TWO_TEAMS, runs=Runs.AUTOMATIC, by_day=False, life=[*VOTED, ("tighten",)])
@given(needs=NEEDS, runs=st.sampled_from(Runs), by_day=st.booleans(), life=LIVES)
def test_it_runs_exactly_when_a_second_opinion_would_let_it(cast, inventory, needs, runs, by_day, life):
    with transaction.atomic():
        world = World(cast, inventory.card_vault, needs=needs, runs=runs, by_day=by_day)
        for step in [*life, ("claim",), ("run", "ana"), ("claim",)]:
            if world.change.state not in {"pending", "approved"}:
                break
            check(world, step)
        # The next life begins with the same rows.
        transaction.set_rollback(True)


def check(world, step):
    was, allowed = world.change.state, world.may_run()
    done = world.do(*step)
    now = world.change.state
    if step[0] == "claim":
        assert done == (now == "executing") == (was == "approved" and allowed)
    else:
        assert now != "executing"
    if (was, now) == ("pending", "approved"):
        assert world.enough_people()
    given = Counter(world.change.approvals.not_withdrawn().values_list("approver__username", flat=True))
    assert max(given.values(), default=0) <= 1
    assert "ana" not in given


@pytest.mark.parametrize("runs", Runs)
def test_the_second_opinion_lets_an_ordinary_change_run(cast, inventory, runs):
    """Else the property above would prove nothing."""
    world = World(cast, inventory.card_vault, needs=TWO_TEAMS, runs=runs, by_day=True)
    for step in (("approve", "ben"), ("approve", "bea"), ("run", "ana")):
        world.do(*step)
    assert world.may_run()
    assert world.do("claim")
