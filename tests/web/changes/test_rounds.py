"""Looks folded into few rows: what showed the same stands once, and the call is never folded over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keyconsole.changes.models import Observation
from keyconsole.web.changes.rounds import folded, regions_of

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def look(
    number: int, region: str, role: str = "REPLICA", state: str = "Updating", problem: str = ""
) -> Observation:
    at = START + timedelta(seconds=number)
    return Observation(round=number, region=region, looked_at=at, role=role, state=state, problem=problem)


def test_no_looks_are_no_rows() -> None:
    assert folded([], called_at=None) == []
    assert regions_of([]) == []


def test_equal_rounds_in_a_row_are_one_row_with_both_times() -> None:
    observations = [look(number, region) for number in range(1, 6) for region in ("us-east-1", "eu-west-1")]
    [row] = folded(observations, called_at=START)
    assert (row.first, row.last, row.count) == (1, 5, 5)
    assert (row.began_at, row.ended_at) == (START + timedelta(seconds=1), START + timedelta(seconds=5))
    assert [cell.region for cell in row.cells] == ["eu-west-1", "us-east-1"]


def test_a_round_that_differs_stands_alone_and_newest_comes_first() -> None:
    observations = [look(1, "us-east-1"), look(2, "us-east-1", state="Enabled"), look(3, "us-east-1")]
    assert [row.first for row in folded(observations, called_at=START)] == [3, 2, 1]


def test_rounds_on_both_sides_of_the_call_are_never_folded() -> None:
    observations = [look(number, "us-east-1") for number in range(4)]
    rows = folded(observations, called_at=START + timedelta(seconds=1))
    assert [(row.first, row.last, row.is_before_the_call) for row in rows] == [(2, 3, False), (0, 1, True)]


def test_without_a_call_every_look_came_before_one() -> None:
    assert all(row.is_before_the_call for row in folded([look(0, "us-east-1")], called_at=None))


def test_another_problem_is_another_answer() -> None:
    observations = [look(1, "us-east-1", "", "", "Denied."), look(2, "us-east-1", "", "", "No answer.")]
    rows = folded(observations, called_at=START)
    assert [row.cells[0].problem for row in rows] == ["No answer.", "Denied."]
    assert not rows[0].cells[0].is_known


def test_a_region_that_a_round_left_out_is_unknown_there() -> None:
    observations = [look(1, "us-east-1"), look(1, "eu-west-1"), look(2, "us-east-1")]
    newest = folded(observations, called_at=START)[0]
    assert [(cell.region, cell.is_known) for cell in newest.cells] == [
        ("eu-west-1", False),
        ("us-east-1", True),
    ]


def test_a_look_that_failed_is_unknown_and_where_nobody_looked_is_not() -> None:
    failed, gone = (
        look(1, "us-east-1", "", "", "The account cannot be entered."),
        look(1, "eu-west-1", "", ""),
    )
    failed.sight, gone.sight = "unlooked", "gone"
    [row] = folded([failed, gone], called_at=START)
    assert [(cell.region, cell.sight) for cell in row.cells] == [
        ("eu-west-1", "gone"),
        ("us-east-1", "unknown"),
    ]
    [_, later] = folded([look(1, "us-east-1"), look(2, "eu-west-1")], called_at=START)
    assert [(cell.region, cell.sight) for cell in later.cells if not cell.is_known] == [
        ("eu-west-1", "unlooked")
    ]
