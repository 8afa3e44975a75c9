"""What a change is, in the words of its kind."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from keyconsole.changes.kinds.registry import kind_of
from keyconsole.changes.models import Change

register = template.Library()


@register.filter
def kind_name(change: Change) -> str:
    return kind_of(change).words.name


@register.filter
def as_order(change: Change) -> SafeString:
    """Make eu-west-1 the primary of card-vault; no Region is broken at the end of a line."""
    regions = "|".join(map(re.escape, change.regions))
    words = conditional_escape(kind_of(change).title(change))
    whole = re.sub(f"(?<![\\w-])({regions})(?![\\w-])", lambda found: _unbroken(found[1]), words)
    return mark_safe(whole)  # nosec B308 B703  # noqa: S308 - escaped above


def _unbroken(region: str) -> str:
    return format_html('<span class="nowrap">{}</span>', region)
