"""Times for people: how long ago, with the exact UTC time on hover, in exports and for machines.

Owns the wording, which static/times.js repeats while a page stands open. Never converts to another time zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

_UNITS = (("year", 31_557_600), ("month", 2_629_800), ("d", 86_400), ("h", 3_600), ("min", 60))
_WORDS = {"year": ("year", "years"), "month": ("month", "months")}


@register.simple_tag
def ago(at: datetime | None, *, now: datetime | None = None) -> SafeString | str:
    if not at:
        return "never"
    words = relative(at, now=now or timezone.now())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', _machine(at), exact(at), words)


@register.simple_tag
def utc(at: datetime | None) -> SafeString | str:
    if not at:
        return "never"
    return format_html('<time datetime="{}" class="utc">{}</time>', _machine(at), exact(at))


@register.simple_tag
def server_time() -> str:
    """For machines: by it a browser whose clock is wrong tells ages right."""
    return _machine(timezone.now())


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """Two units at most: 12 s, 1 min 12 s, 3 h 5 min, 4 d 2 h."""
    if seconds is None:
        return ""
    left = round(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    parts = []
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def relative(at: datetime, *, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    size = abs(seconds)
    if size < 10:
        return "now"
    words = f"{int(size)} s" if size < 60 else _largest(size)
    return f"{words} ago" if seconds > 0 else f"in {words}"


def exact(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _largest(size: float) -> str:
    unit, length = next((unit, length) for unit, length in _UNITS if size >= length)
    count = int(size // length)
    singular, plural = _WORDS.get(unit, (unit, unit))
    return f"{count} {singular if count == 1 else plural}"


def _machine(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
