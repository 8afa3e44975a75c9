from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.policies.document.opening import DAYS
from keyconsole.policies.document.parse import stored_rules
from keyconsole.policies.schedule.windows import may_run_at, next_opening
from tests.policies.documents import document, freeze, rules, window

ZURICH = ZoneInfo("Europe/Zurich")
SUNDAY = {"days": ["sun"], "time_zone": "Europe/Zurich"}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def is_open(some, text):
    return may_run_at(some, utc(text)).allowed


def test_without_windows_it_is_always_open():
    assert may_run_at(rules(), utc("2026-11-23 12:00")).reasons == ()
    assert next_opening(rules(), utc("2026-11-23 12:00")) == utc("2026-11-23 12:00")


def test_a_window_is_open_from_its_start_until_before_its_end():
    some = rules(windows=[window()])
    assert not is_open(some, "2026-11-23 08:59")
    assert is_open(some, "2026-11-23 09:00")
    assert is_open(some, "2026-11-23 16:59")
    assert not is_open(some, "2026-11-23 17:00")
    assert not is_open(some, "2026-11-24 12:00")


def test_an_inactive_window_blocks_nothing():
    assert is_open(rules(windows=[window(active=False)]), "2026-11-24 12:00")
    both = rules(windows=[window(active=False), window(days=["wed"])])
    assert not is_open(both, "2026-11-23 12:00")
    assert is_open(both, "2026-11-25 12:00")


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens():
    some = rules(windows=[window(start="22:00", end="04:00")])
    assert not is_open(some, "2026-11-23 03:00")
    assert is_open(some, "2026-11-23 23:00")
    assert is_open(some, "2026-11-24 03:59")
    assert not is_open(some, "2026-11-24 04:00")
    assert not is_open(some, "2026-11-24 23:00")


def test_a_whole_day_ends_with_the_day():
    some = rules(windows=[window(start="00:00", end="24:00")])
    assert is_open(some, "2026-11-23 23:59")
    assert not is_open(some, "2026-11-24 00:00")


def test_a_closed_window_says_when_the_next_one_opens():
    verdict = may_run_at(rules(windows=[window()]), utc("2026-11-24 12:00"))
    assert verdict.reasons == (
        "No change window of the policy payments is open. The next one opens 2026-11-30 09:00 UTC.",
    )


# The clock jumps from 02:00 to 03:00 on 2027-03-28 (01:00 UTC), and back on 2026-10-25 (01:00 UTC).
NIGHTS = [
    ("spring: begins before the jump", "2027-03-28", "01:00", "04:00", "00:00", "02:00"),
    ("spring: begins in the hour left out", "2027-03-28", "02:30", "04:00", "01:00", "02:00"),
    ("spring: ends in the hour left out", "2027-03-28", "01:00", "02:30", "00:00", "01:00"),
    ("autumn: begins in the hour that comes twice", "2026-10-25", "02:30", "04:00", "00:30", "03:00"),
    ("autumn: ends in the hour that comes twice", "2026-10-25", "01:00", "02:30", "23:00-", "00:30"),
    ("autumn: lies in the hour that comes twice", "2026-10-25", "02:00", "03:00", "00:00", "02:00"),
    ("an ordinary night", "2026-11-22", "02:00", "03:00", "01:00", "02:00"),
]


@pytest.mark.parametrize(
    ("day", "start", "end", "opens", "closes"), [n[1:] for n in NIGHTS], ids=[n[0] for n in NIGHTS]
)
def test_a_night_in_which_the_clock_jumps(day, start, end, opens, closes):
    some = rules(windows=[window(**SUNDAY, start=start, end=end)])
    first = utc(f"{day} {opens.rstrip('-')}") - timedelta(days=opens.endswith("-"))
    last = utc(f"{day} {closes}") - timedelta(seconds=1)
    assert next_opening(some, first - timedelta(hours=12)) == first
    assert not may_run_at(some, first - timedelta(seconds=1)).allowed
    assert may_run_at(some, first).allowed
    assert may_run_at(some, last).allowed
    assert not may_run_at(some, last + timedelta(seconds=1)).allowed


def test_a_window_that_the_jump_leaves_out_opens_a_week_later():
    some = rules(windows=[window(**SUNDAY, start="02:00", end="03:00")])
    assert next_opening(some, utc("2027-03-28 00:00")) == utc("2027-04-04 00:00")


def test_a_window_over_midnight_into_the_night_of_the_jump():
    some = rules(windows=[window(days=["sat"], time_zone="Europe/Zurich", start="22:00", end="04:00")])
    assert next_opening(some, utc("2027-03-27 12:00")) == utc("2027-03-27 21:00")
    assert is_open(some, "2027-03-28 01:59")
    assert not is_open(some, "2027-03-28 02:00")


def test_a_planned_freeze_holds_from_its_first_moment_to_before_its_last():
    some = rules(freezes=[freeze()])
    assert is_open(some, "2026-12-19 23:59")
    assert not is_open(some, "2026-12-20 00:00")
    assert is_open(some, "2027-01-04 00:00")
    assert may_run_at(some, utc("2026-12-25 00:00")).reasons == (
        "The policy payments is frozen until 2027-01-04 00:00 UTC: Year end",
    )


def test_freezes_that_follow_each_other_are_waited_for_together():
    some = rules(
        freezes=[
            freeze(from_at="2027-01-03T00:00:00+00:00", to_at="2027-01-08T00:00:00+00:00", why="Audit"),
            freeze(),
        ],
        windows=[window()],
    )
    assert next_opening(some, utc("2026-12-21 09:30")) == utc("2027-01-11 09:00")


def test_a_freeze_that_ends_in_an_open_window_lets_it_begin_there():
    some = rules(windows=[window()], freezes=[freeze(to_at="2027-01-04T12:00:00+00:00")])
    assert next_opening(some, utc("2026-12-21 09:30")) == utc("2027-01-04 12:00")


def test_a_frozen_policy_never_opens_and_says_why():
    some = rules(frozen="Until the auditors have left")
    assert next_opening(some, utc("2026-11-23 12:00")) is None
    assert may_run_at(some, utc("2026-11-23 12:00")).reasons == (
        "The policy payments is frozen: Until the auditors have left",
    )


def test_the_freeze_of_everything_comes_first():
    verdict = may_run_at(rules(windows=[window()]), utc("2026-11-23 12:00"), freeze="Everything is frozen.")
    assert verdict.reasons == ("Everything is frozen.",)


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
zones = st.sampled_from(
    ["UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu"]
)
one_window = st.fixed_dictionaries(
    {
        "days": st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True),
        "start": clocks,
        "end": clocks,
        "time_zone": zones,
        "active": st.booleans(),
    }
).filter(lambda some: some["start"] != some["end"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
one_freeze = st.builds(
    lambda at, hours: freeze(from_at=at.isoformat(), to_at=(at + timedelta(hours=hours)).isoformat()),
    moments,
    st.integers(1, 24 * 40),
)
documents = st.builds(
    lambda windows, freezes: stored_rules(document(windows=windows, freezes=freezes)),
    st.lists(one_window, max_size=3),
    st.lists(one_freeze, max_size=3),
)


@given(documents, moments, st.lists(st.floats(0, 1), max_size=30))
def test_the_next_opening_is_open_and_nothing_before_it_is(some, now, fractions):
    opens = next_opening(some, now)
    assert opens is not None
    assert opens >= now
    assert may_run_at(some, opens).allowed
    between = [now + (opens - now) * fraction for fraction in fractions]
    assert not any(may_run_at(some, moment).allowed for moment in between if moment < opens)
    if opens > now:
        assert not may_run_at(some, opens - timedelta(milliseconds=1)).allowed


@given(one_window.filter(lambda some: some["active"]), moments)
def test_what_is_open_reads_so_on_the_clock_on_the_wall(some, now):
    """Against a second way to say it, away from the nights in which the clock jumps."""
    zone = ZoneInfo(some["time_zone"])
    wall = now.astimezone(zone)
    if any((now + timedelta(hours=h)).astimezone(zone).utcoffset() != wall.utcoffset() for h in (-30, 30)):
        return
    clock, today = f"{wall:%H:%M}", DAYS[wall.weekday()]
    yesterday = DAYS[wall.weekday() - 1]
    if some["start"] < some["end"]:
        expected = today in some["days"] and some["start"] <= clock < some["end"]
    else:
        begun = today in some["days"] and clock >= some["start"]
        expected = begun or (yesterday in some["days"] and clock < some["end"])
    assert may_run_at(stored_rules(document(windows=[some])), now).allowed is expected
