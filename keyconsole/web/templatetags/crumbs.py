"""The end of every trail of breadcrumbs: the page itself, by its title."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def here(context: Context) -> SafeString:
    """As the page's block `title` says it, so that a trail and the window's title never differ."""
    title = context.render_context[BLOCK_CONTEXT_KEY].get_block("title")
    # A block is a piece of a template: what it prints is escaped already.
    words = mark_safe(title.nodelist.render(context).strip())  # nosec B308 B703  # noqa: S308
    return format_html('<span aria-current="page">{}</span>', words)
