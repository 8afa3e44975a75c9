"""The four pictures as template tags: matrix cells, the move, periods, the world and its bars.

Owns which template draws what and the words of a cell. Geometry is in keyconsole/web/pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from keyconsole.web.pictures import periods as time_band
from keyconsole.web.pictures import world
from keyconsole.web.pictures.move import Move
from keyconsole.web.pictures.places import place
from keyconsole.web.statuses import KEY_STATES, VISIBILITIES, Style, style
from keyconsole.web.templatetags.ids import icon

register = template.Library()


class Cell(Protocol):
    """One Region of a key, as a list knows it."""

    @property
    def region(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def visibility(self) -> str: ...


_UNKNOWN = Style("Unknown", "question", "unknown")


@register.simple_tag
def matrix_cells(cells: Iterable[Cell]) -> SafeString:
    """The cells of a row; Regions without the key that stand side by side are one."""
    drawn = []
    for is_empty, some in groupby(cells, key=lambda cell: not cell.role and cell.visibility == "seen"):
        run = list(some)
        if is_empty and len(run) > 1:
            drawn.append(format_html('<td class="cell" colspan="{}">no key</td>', len(run)))
        else:
            drawn += [matrix_cell(cell.region, cell.role, cell.state, cell.visibility) for cell in run]
    return format_html_join("", "{}", ((each,) for each in drawn))


@register.simple_tag
def matrix_cell(region: str, role: str = "", state: str = "", visibility: str = "seen") -> SafeString:
    """One element where all is well: a list has hundreds of them. The style sheet draws the mark."""
    if not role and visibility == "seen":
        return SafeString('<td class="cell">no key</td>')
    kind, shown, words = _appearance(role, state, visibility)
    if not shown.icon:
        return format_html(
            '<td class="cell present {}" data-region="{}" title="{}: {}">{}</td>',
            kind,
            region,
            region,
            words,
            words,
        )
    return format_html(
        '<td class="cell present" data-region="{}" title="{}: {}">'
        '<span class="mark {} tone-{}">{}</span>{}</td>',
        region,
        region,
        words,
        kind,
        shown.tone,
        icon(shown.icon),
        words,
    )


@register.inclusion_tag("pictures/legend.html")
def matrix_legend() -> dict[str, Any]:
    return {}


@register.simple_tag
def region_chip(region: str, role: str = "", state: str = "", visibility: str = "seen") -> SafeString:
    """A Region in running text; without a role only its name."""
    if not role and visibility == "seen":
        return format_html('<span class="chip" title="{}">{}</span>', place(region).name, region)
    kind, shown, words = _appearance(role, state, visibility)
    return format_html(
        '<span class="chip" title="{}: {}"><span class="mark {} tone-{}">{}</span>{}'
        '<span class="visually-hidden"> ({})</span></span>',
        region,
        words,
        kind,
        shown.tone,
        icon(shown.icon) if shown.icon else "",
        region,
        words,
    )


@register.simple_tag
def region_name(region: str) -> SafeString:
    name = place(region).name
    if not name:
        return format_html('<span class="region-name">{}</span>', region)
    return format_html('<span class="region-name">{} <span class="muted">{}</span></span>', region, name)


@register.simple_tag
def region_head(region: str, primaries: int | None = None) -> SafeString:
    name = place(region).name
    if primaries is None:
        return format_html(
            '<span class="region-head" title="{}"><span class="name">{}</span></span>', name, region
        )
    counted = "primary" if primaries == 1 else "primaries"
    return format_html(
        '<span class="region-head" title="{}"><span class="name">{}</span> <span class="count">'
        '<i class="mark primary tone-accent"></i>{}<span class="visually-hidden"> {}</span></span></span>',
        f"{name}: {primaries} {counted}" if name else f"{primaries} {counted}",
        region,
        primaries,
        counted,
    )


@register.inclusion_tag("pictures/move.html")
def move_picture(move: Move) -> dict[str, Any]:
    return {"move": move}


@register.inclusion_tag("pictures/periods.html")
def periods_picture(
    periods: Sequence[time_band.Period], marks: Sequence[time_band.Mark], start: datetime, end: datetime
) -> dict[str, Any]:
    band = time_band.band(periods, marks, start=start, end=end)
    return {"band": band, "periods": periods, "marks": marks, "start": start, "end": end}


@register.inclusion_tag("pictures/world.html")
def world_picture(regions: Sequence[world.WorldRegion], arcs: Sequence[world.WorldArc]) -> dict[str, Any]:
    return {
        "dots": world.dots(regions),
        "arcs": world.arcs(arcs),
        "moves": arcs,
        "beside": world.beside(regions),
        "width": world.WIDTH,
        "height": world.HEIGHT,
    }


@register.inclusion_tag("pictures/bars.html")
def bars_picture(regions: Sequence[world.WorldRegion]) -> dict[str, Any]:
    return {"rows": world.bars(regions)}


def _appearance(role: str, state: str, visibility: str) -> tuple[str, Style, str]:
    """The mark's kind, its look (no icon when all is well) and the words that say the same."""
    words = [role.capitalize()] if role else []
    if visibility != "seen":
        reason = style(VISIBILITIES, visibility)
        return "unknown", _UNKNOWN, ", ".join([*words, reason.word.lower()]).capitalize()
    kind = "primary" if role.upper() == "PRIMARY" else "replica"
    shown = style(KEY_STATES, state)
    words.append(shown.word)
    if shown.tone == "ok":
        shown = Style(shown.word, "", "accent" if kind == "primary" else "neutral")
    return kind, shown, ", ".join(words)
