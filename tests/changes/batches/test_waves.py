"""Waves keep within KMS's quota, whatever is asked for and however long calls take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from keyconsole.changes.batches.waves import AT_MOST, Move, next_wave

REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
ACCOUNTS = ("111122223333", "222233334444")


@st.composite
def moves(draw: st.DrawFn, at_most: int = 60) -> list[Move]:
    """One key each, in the order of the plan."""
    pairs = st.permutations(REGIONS).map(lambda order: (order[0], order[1]))
    wanted = draw(st.lists(st.tuples(st.sampled_from(ACCOUNTS), pairs), max_size=at_most))
    return [
        Move(f"CR-{number}", account, f"mrk-{number}", from_region, to_region)
        for number, (account, (from_region, to_region)) in enumerate(wanted, start=1)
    ]


def counted(calls: Iterable[Move]) -> Counter[tuple[str, str]]:
    return Counter(place for move in calls for place in move.places)


@given(moves(), st.data())
def test_a_wave_never_fills_an_account_and_region_beyond_the_quota(waiting, data):
    busy = next_wave(data.draw(st.permutations(waiting)), [])
    rest = [move for move in waiting if move not in busy[: data.draw(st.integers(0, len(busy)))]]
    busy = [move for move in busy if move not in rest]
    wave = next_wave(rest, busy)
    assert all(count <= AT_MOST for count in counted([*busy, *wave]).values())


@given(moves())
def test_a_wave_leaves_out_only_what_has_no_room_and_keeps_the_order(waiting):
    wave = next_wave(waiting, [])
    assert wave == [move for move in waiting if move in wave]
    for left in set(waiting) - set(wave):
        before = [move for move in wave if waiting.index(move) < waiting.index(left)]
        assert any(counted(before)[place] == AT_MOST for place in left.places)


@given(moves())
def test_a_wave_always_goes_on_where_nothing_is_busy(waiting):
    assert bool(next_wave(waiting, [])) == bool(waiting)


@given(moves(at_most=10))
def test_a_key_is_moved_by_one_call_at_a_time(waiting):
    again = [Move(f"{move.ref}-b", move.account_id, move.key_id, *_regions(move)) for move in waiting]
    keys = [(move.account_id, move.key_id) for move in next_wave([*waiting, *again], [])]
    assert len(keys) == len(set(keys))
    assert not {move.key_id for move in next_wave(again, waiting[:1])} & {move.key_id for move in waiting[:1]}


@given(moves(), st.data())
def test_in_no_second_does_kms_count_more_calls_than_the_quota(waiting, data):
    """Workers as slow as may be: KMS counts a call anywhere between its release and its answer."""
    lasts = st.integers(min_value=1, max_value=40)  # tenths of a second from release to answer
    held_until: dict[Move, int] = {}
    counted_at: dict[Move, int] = {}
    left, now = list(waiting), 0
    while left:
        busy = [move for move, until in held_until.items() if until > now]
        for move in next_wave(left, busy):
            took = data.draw(lasts)
            counted_at[move] = now + data.draw(st.integers(0, took))
            held_until[move] = now + took + 10
            left.remove(move)
        now += data.draw(st.integers(1, 15))
    for start in range(now + 60):
        in_this_second = [move for move, at in counted_at.items() if start <= at < start + 10]
        assert all(count <= AT_MOST for count in counted(in_this_second).values())


def _regions(move: Move) -> tuple[str, str]:
    return move.from_region, move.to_region
