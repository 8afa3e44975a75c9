"""The world on the overview: Regions as dots, sized by primaries, ringed by replicas, with arcs for moves.

Owns the projection (Robinson), dot sizes, arcs and where labels fit. The land outline in static/land.svg was
drawn with the same `project`, so the two must change together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from keyconsole.web.pictures.places import Place, place

WIDTH = 960
HEIGHT = 400
_RADIUS = WIDTH / 5.3325
_EQUATOR = 226.0
_AIR = 4  # between a label and whatever stands beside it
_BARS = 96  # percent; the rest is the gap between a primary's bar and its replicas'

# Robinson's own table: every 5 degrees of latitude, the parallel's length and its distance from the equator.
_LENGTHS = (
    1.0, 0.9986, 0.9954, 0.99, 0.9822, 0.973, 0.96, 0.9427, 0.9216, 0.8962, 0.8679, 0.835, 0.7986, 0.7597,
    0.7186, 0.6732, 0.6213, 0.5722, 0.5322,
)  # fmt: skip
_DISTANCES = (
    0.0, 0.062, 0.124, 0.186, 0.248, 0.31, 0.372, 0.434, 0.4958, 0.5571, 0.6176, 0.6769, 0.7346, 0.7903,
    0.8435, 0.8936, 0.9394, 0.9761, 1.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorldRegion:
    region: str
    primaries: int
    replicas: int


@dataclass(frozen=True, slots=True)
class WorldArc:
    from_region: str
    to_region: str


@dataclass(frozen=True, slots=True)
class Dot:
    place: Place
    primaries: int
    replicas: int
    x: float
    y: float
    radius: float
    ring: float
    label_x: float = 0.0
    label_y: float = 0.0
    label_anchor: str = ""


@dataclass(frozen=True, slots=True)
class Arc:
    from_region: str
    to_region: str
    path: str


@dataclass(frozen=True, slots=True)
class BarRow:
    place: Place
    primaries: int
    replicas: int
    primaries_width: str
    replicas_width: str


def bars(regions: Iterable[WorldRegion]) -> list[BarRow]:
    """Every Region, most primaries first, on one scale for both numbers."""
    rows = sorted(regions, key=lambda row: (-row.primaries, -row.replicas, row.region))
    longest = max((row.primaries + row.replicas for row in rows), default=0) or 1
    return [
        BarRow(
            place(row.region),
            row.primaries,
            row.replicas,
            f"{_BARS * row.primaries / longest:.1f}%",
            f"{_BARS * row.replicas / longest:.1f}%",
        )
        for row in rows
    ]


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees to the picture's units: x from the left, y from the top."""
    steps = min(abs(latitude), 90) / 5
    low = min(int(steps), len(_LENGTHS) - 2)
    share = steps - low
    length = _LENGTHS[low] + (_LENGTHS[low + 1] - _LENGTHS[low]) * share
    distance = _DISTANCES[low] + (_DISTANCES[low + 1] - _DISTANCES[low]) * share
    x = WIDTH / 2 + 0.8487 * _RADIUS * length * longitude * 0.017453292519943295
    y = _EQUATOR - 1.3523 * _RADIUS * distance * (1 if latitude >= 0 else -1)
    return round(x, 1), round(y, 1)


def dots(regions: Iterable[WorldRegion]) -> list[Dot]:
    """The Regions that have a place, largest first, each with the room its label found (no anchor: none)."""
    found = [_dot(region, place(region.region)) for region in regions if place(region.region).is_on_map]
    found.sort(key=lambda dot: (-dot.primaries, -dot.replicas, dot.place.region))
    return _label(found)


def beside(regions: Iterable[WorldRegion]) -> list[WorldRegion]:
    """The Regions nobody can put on the map yet."""
    return [region for region in regions if not place(region.region).is_on_map]


def arcs(moves: Iterable[WorldArc]) -> list[Arc]:
    drawn = []
    for move in moves:
        start, end = place(move.from_region), place(move.to_region)
        if start.is_on_map and end.is_on_map and start != end:
            drawn.append(Arc(move.from_region, move.to_region, _curve(_point(start), _point(end))))
    return drawn


def _point(where: Place) -> tuple[float, float]:
    return project(where.latitude or 0.0, where.longitude or 0.0)


def _dot(region: WorldRegion, where: Place) -> Dot:
    x, y = _point(where)
    radius = round(min(3.5 + 1.5 * sqrt(region.primaries), 18.0), 1) if region.primaries else 0.0
    ring = round(max(radius, 3.0) + 3.5, 1) if region.replicas else 0.0
    return Dot(where, region.primaries, region.replicas, x, y, radius, ring)


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A bow to the left or the right of the straight line, whichever is higher on the picture."""
    (x1, y1), (x2, y2) = start, end
    across, down = x2 - x1, y2 - y1
    length = hypot(across, down) or 1.0
    bow = min(0.3 * length, 90.0) * (-1 if across > 0 else 1)
    middle_x = (x1 + x2) / 2 - bow * down / length
    middle_y = max((y1 + y2) / 2 + bow * across / length, 6.0)
    return f"M{x1} {y1}Q{middle_x:.1f} {middle_y:.1f} {x2} {y2}"


_Box = tuple[float, float, float, float]


def _label(found: Sequence[Dot]) -> list[Dot]:
    taken: list[_Box] = [_box_of_dot(dot) for dot in found]
    labelled = []
    for dot in found:
        for x, y, anchor in _positions(dot):
            box = _box_of_label(dot.place.region, x, y, anchor)
            if box[0] >= 0 and box[2] <= WIDTH and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                labelled.append(_with_label(dot, x, y, anchor))
                break
        else:
            labelled.append(dot)
    return labelled


def _positions(dot: Dot) -> list[tuple[float, float, str]]:
    reach = max(dot.radius, dot.ring, 3.0)
    return [
        (dot.x + reach + 5, dot.y + 5, "start"),
        (dot.x - reach - 5, dot.y + 5, "end"),
        (dot.x, dot.y - reach - 6, "middle"),
        (dot.x, dot.y + reach + 17, "middle"),
        (dot.x + reach, dot.y - reach - 2, "start"),
        (dot.x - reach, dot.y + reach + 14, "end"),
    ]


def _with_label(dot: Dot, x: float, y: float, anchor: str) -> Dot:
    return Dot(
        dot.place,
        dot.primaries,
        dot.replicas,
        dot.x,
        dot.y,
        dot.radius,
        dot.ring,
        round(x, 1),
        round(y, 1),
        anchor,
    )


def _box_of_dot(dot: Dot) -> _Box:
    reach = max(dot.radius, dot.ring, 3.0)
    return dot.x - reach, dot.y - reach, dot.x + reach, dot.y + reach


def _box_of_label(text: str, x: float, y: float, anchor: str) -> _Box:
    width = 9.0 * len(text)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left - _AIR, y - 14, left + width + _AIR, y + 3


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
