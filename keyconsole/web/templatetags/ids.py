"""Icons, and ids too long to read: shortened in the middle, copied with one click, whole for everyone else.

Owns the markup of both. Never shortens what is read aloud, copied or printed.
"""

from __future__ import annotations

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

register = template.Library()

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_FULL = re.compile(rf"arn:aws[\w-]*:\S+|mrk-[0-9a-f]{{32}}|[0-9a-f]{{64}}|{_UUID}")
_ARN_PART = re.compile(r"[^:/]*[:/]+|[^:/]+$")


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def short_id(value: object, *, head: int = 8, tail: int = 4, copy: bool = True) -> SafeString:
    full = str(value)
    short = shorten(full, head=head, tail=tail)
    button = _copy_button(full) if copy and full else ""
    if short == full:
        return format_html('<span class="copyable"><span class="id">{}</span>{}</span>', full, button)
    return format_html(
        '<span class="copyable"><span class="id short" title="{}" aria-hidden="true">{}</span>'
        '<span class="id visually-hidden printed">{}</span>{}</span>',
        full,
        short,
        full,
        button,
    )


@register.simple_tag
def full_id(value: object) -> SafeString:
    full = str(value)
    return format_html(
        '<span class="copyable"><span class="id whole">{}</span>{}</span>', _whole(full), _copy_button(full)
    )


@register.simple_tag
def copyable(value: object, *, at_most: int = 2000) -> SafeString | str:
    """Any text: an id, ARN or hash with its button, everything else as it is, cut where it is very long."""
    text = str(value)
    return full_id(text) if _FULL.fullmatch(text) else Truncator(text).chars(at_most)


def _whole(full: str) -> SafeString | str:
    """An ARN breaks between its parts and not inside them; nothing is added that copying would take along."""
    if not full.startswith("arn:"):
        return full
    return format_html_join("", '<span class="part">{}</span>', ((part,) for part in _ARN_PART.findall(full)))


def shorten(value: str, *, head: int, tail: int) -> str:
    """Keep both ends; a text that would hardly get shorter stays whole."""
    if len(value) <= head + tail + 3:
        return value
    return f"{value[:head]}…{value[-tail:]}"


def _copy_button(full: str) -> SafeString:
    return format_html(
        # Its picture is drawn by the stylesheet: fifty of them stand on a page.
        '<button type="button" class="copy" data-copy="{}" aria-label="Copy {}" title="Copy"></button>',
        full,
        full,
    )
