"""The pictures' geometry: where things are drawn, never how they look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keyconsole.web.pictures import periods, world
from keyconsole.web.pictures.move import Move, MoveSide
from keyconsole.web.pictures.periods import Mark, Period
from keyconsole.web.pictures.places import place
from keyconsole.web.pictures.world import WorldArc, WorldRegion

JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def band(*shown: Period, marks: tuple[Mark, ...] = (), start: datetime = JANUARY, end: datetime = MAY):
    return periods.band(shown, marks, start=start, end=end)


def side(before: str, now: str, after: str) -> MoveSide:
    return MoveSide("us-east-1", before, now, after, "Enabled")


def test_null_island_is_in_the_middle_of_the_equator():
    assert world.project(0, 0) == (480.0, 226.0)


@pytest.mark.parametrize(("latitude", "longitude"), [(90, 180), (-90, -180), (0, 180), (200, 0)])
def test_no_coordinate_leaves_the_width_of_the_picture(latitude: float, longitude: float):
    x, _ = world.project(latitude, longitude)
    assert -0.5 <= x <= world.WIDTH + 0.5


def test_north_is_up_and_east_is_right():
    (sydney_x, sydney_y), (dublin_x, dublin_y) = world.project(-33.9, 151.2), world.project(53.3, -6.3)
    assert dublin_y < sydney_y
    assert dublin_x < sydney_x


def test_more_primaries_make_a_larger_dot_and_none_make_no_core():
    large, small, empty = world.dots(
        [WorldRegion("eu-west-1", 1, 0), WorldRegion("us-east-1", 20, 3), WorldRegion("sa-east-1", 0, 2)]
    )
    assert [large.place.region, small.place.region, empty.place.region] == [
        "us-east-1",
        "eu-west-1",
        "sa-east-1",
    ]
    assert large.radius > small.radius > empty.radius == 0
    assert large.ring > large.radius
    assert small.ring == 0


def test_labels_never_cover_each_other():
    crowded = (
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-central-1",
        "eu-central-2",
        "eu-south-1",
        "eu-north-1",
    )
    labelled = [dot for dot in world.dots(WorldRegion(name, 3, 1) for name in crowded) if dot.label_anchor]
    boxes = [world._box_of_label(d.place.region, d.label_x, d.label_y, d.label_anchor) for d in labelled]
    assert len(labelled) >= 3
    assert not any(world._overlap(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])


def test_a_region_nobody_knows_is_listed_beside_the_map():
    future = WorldRegion("xx-future-1", 2, 1)
    assert place("xx-future-1").name == ""
    assert world.dots([future]) == []
    assert world.beside([future, WorldRegion("eu-west-1", 1, 1)]) == [future]


def test_an_arc_starts_and_ends_at_its_regions_and_bows_upwards():
    (arc,) = world.arcs([WorldArc("us-east-1", "eu-west-1")])
    start, end = world.project(38.9, -77.5), world.project(53.3, -6.3)
    assert arc.path.startswith(f"M{start[0]} {start[1]}Q")
    assert arc.path.endswith(f" {end[0]} {end[1]}")
    bow = float(arc.path.split("Q")[1].split()[1])
    assert bow < (start[1] + end[1]) / 2


@pytest.mark.parametrize("other", ["xx-future-1", "us-east-1"])
def test_no_arc_to_nowhere_or_to_itself(other: str):
    assert world.arcs([WorldArc("us-east-1", other)]) == []


def test_bars_share_one_scale_and_begin_with_the_most_primaries():
    first, second = world.bars([WorldRegion("eu-west-1", 5, 0), WorldRegion("us-east-1", 6, 4)])
    assert (first.place.region, first.primaries_width, first.replicas_width) == (
        "us-east-1",
        "57.6%",
        "38.4%",
    )
    assert (second.place.region, second.primaries_width, second.replicas_width) == (
        "eu-west-1",
        "48.0%",
        "0.0%",
    )


def test_bars_of_nothing_are_no_division_by_zero():
    (row,) = world.bars([WorldRegion("eu-west-1", 0, 0)])
    assert row.primaries_width == "0.0%"


def test_the_land_names_its_source_and_stays_small():
    land = Path(__file__).resolve().parents[2] / "static" / "land.svg"
    text = land.read_text(encoding="utf-8")
    assert "Natural Earth" in text
    assert len(text) < 25_000


def test_each_region_has_one_lane_the_newest_on_top():
    drawn = band(
        Period("us-east-1", JANUARY, JANUARY + timedelta(days=30), "first_seen"),
        Period("eu-west-1", JANUARY + timedelta(days=30), JANUARY + timedelta(days=60), "change"),
        Period("us-east-1", JANUARY + timedelta(days=60), None, "change"),
    )
    assert [lane.region for lane in drawn.lanes] == ["us-east-1", "eu-west-1"]
    assert [len(lane.bars) for lane in drawn.lanes] == [2, 1]
    assert [lane.is_current for lane in drawn.lanes] == [True, False]


def test_a_period_is_cut_to_the_axis_and_an_open_one_reaches_the_end():
    drawn = band(Period("us-east-1", JANUARY - timedelta(days=900), None, "first_seen"))
    (bar,) = drawn.lanes[0].bars
    assert (bar.x, bar.width, bar.is_current) == ("0.00%", "100.00%", True)


def test_a_period_outside_the_axis_is_not_drawn():
    drawn = band(Period("us-east-1", JANUARY - timedelta(days=9), JANUARY - timedelta(days=2), "first_seen"))
    assert drawn.lanes == ()
    assert drawn.height > 0


def test_the_shortest_period_can_still_be_seen():
    drawn = band(Period("us-east-1", MAY - timedelta(seconds=1), None, "change"))
    (bar,) = drawn.lanes[0].bars
    assert (bar.x, bar.width) == ("99.70%", "0.30%")


def test_where_nobody_looked_is_a_gap():
    drawn = band(
        Period("us-east-1", JANUARY, JANUARY + timedelta(days=30), "first_seen"),
        Period("eu-west-1", JANUARY + timedelta(days=60), None, "out_of_band", gap_before=True),
    )
    assert [(gap.x, gap.width) for gap in drawn.gaps] == [("25.00%", "25.00%")]


def test_only_marks_on_the_axis_are_drawn():
    marks = (Mark(JANUARY, "change", "CR-1"), Mark(MAY + timedelta(days=1), "change", "CR-2"))
    assert [point.label for point in band(marks=marks).points] == ["CR-1"]


@pytest.mark.parametrize(
    "length",
    [timedelta(minutes=9), timedelta(hours=5), timedelta(days=6), timedelta(days=300), timedelta(days=9000)],
)
def test_ticks_are_few_and_in_order(length: timedelta):
    ticks = band(end=JANUARY + length).ticks
    places = [float(tick.x.rstrip("%")) for tick in ticks]
    assert len(ticks) <= 8
    assert places == sorted(places)
    assert all(4 <= at <= 96 for at in places)


def test_long_axes_are_ticked_on_the_first_of_a_month():
    assert [tick.label for tick in band().ticks] == ["Feb 2026", "Mar 2026", "Apr 2026"]


def test_an_axis_without_length_is_still_an_axis():
    assert band(Period("us-east-1", JANUARY, None, "change"), end=JANUARY).lanes == ()


def test_a_move_is_planned_then_moving_then_done():
    there, away = side("REPLICA", "REPLICA", "PRIMARY"), side("PRIMARY", "PRIMARY", "REPLICA")
    assert Move((away, there), moving=False).phase == "planned"
    assert Move((away, there), moving=True).phase == "moving"
    arrived = Move(
        (side("PRIMARY", "replica", "REPLICA"), side("REPLICA", "PRIMARY", "PRIMARY")), moving=False
    )
    assert arrived.phase == "done"
    assert arrived.is_done


def test_an_unknown_role_never_counts_as_arrived():
    unknown = side("REPLICA", "", "PRIMARY")
    assert not unknown.has_arrived
    assert Move((side("PRIMARY", "REPLICA", "REPLICA"), unknown), moving=False).phase == "planned"
