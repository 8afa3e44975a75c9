"""A polite share of the quota, without a real clock."""

from __future__ import annotations

import pytest

from keyconsole.inventory.scan.rate_limit import Pace, Stopped
from keyconsole.kms.errors import AccessDenied, Throttled


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def throttled_times(times: int):
    left = [times]

    def ask() -> str:
        if left[0]:
            left[0] -= 1
            raise Throttled(operation="DescribeKey")
        return "answer"

    return ask


def test_calls_are_evenly_spaced(clock: Clock):
    pace = Pace(calls_per_second=10, clock=clock, sleep=clock.sleep)
    moments = [pace.call(clock) for _ in range(4)]
    assert moments == pytest.approx([100.0, 100.1, 100.2, 100.3])


def test_time_that_passed_anyway_is_not_waited_for(clock: Clock):
    pace = Pace(calls_per_second=10, clock=clock, sleep=clock.sleep)
    pace.call(clock)
    clock.now += 5
    pace.call(clock)
    assert clock.slept == []


def test_throttling_is_waited_out_and_slows_what_follows(clock: Clock):
    pace = Pace(calls_per_second=10, clock=clock, sleep=clock.sleep)
    assert pace.call(throttled_times(2)) == "answer"
    assert 0.5 + 1.0 <= sum(clock.slept) <= 1.0 + 2.0
    first, second = pace.call(clock), pace.call(clock)
    assert second - first == pytest.approx(0.4)


def test_patience_ends(clock: Clock):
    pace = Pace(calls_per_second=10, clock=clock, sleep=clock.sleep)
    with pytest.raises(Throttled):
        pace.call(throttled_times(5))
    assert sum(clock.slept) <= 1 + 2 + 4 + 8 + 1


def test_other_errors_are_not_asked_again(clock: Clock):
    asked = []

    def ask() -> None:
        asked.append(1)
        raise AccessDenied(operation="DescribeKey")

    with pytest.raises(AccessDenied):
        Pace(calls_per_second=10, clock=clock, sleep=clock.sleep).call(ask)
    assert len(asked) == 1


def test_once_stopped_nothing_more_is_asked(clock: Clock):
    asked: list[int] = []
    pace = Pace(calls_per_second=10, clock=clock, sleep=clock.sleep, stopped=lambda: bool(asked))
    pace.call(lambda: asked.append(1))
    with pytest.raises(Stopped):
        pace.call(lambda: asked.append(2))
    assert asked == [1]
