"""Icons, and ids too long to read: shortened in the middle, copied with one click, whole for everyone else.

Owns the markup of both. Never shortens what is read aloud, copied or printed.
"""

from __future__ import annotations

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

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
