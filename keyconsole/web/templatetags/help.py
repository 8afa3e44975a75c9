"""The help: headings that can be linked to, and the chapter that is about a role."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from keyconsole.web.help.chapters import chapter_for_role
from keyconsole.web.help.sections import anchored

register = template.Library()


@register.tag("anchored")
def do_anchored(parser: Parser, _: Token) -> _Anchored:
    inside = parser.parse(("endanchored",))
    parser.delete_first_token()
    return _Anchored(inside)


@register.filter
def role_help(role: str) -> str:
    """Where the help tells what somebody with that role does."""
    return reverse("help-page", args=[chapter_for_role(role)])


class _Anchored(template.Node):
    def __init__(self, inside: NodeList) -> None:
        self.inside = inside

    def render(self, context: Context) -> SafeString:
        # What our own templates print is escaped already; only ids are added.
        return mark_safe(anchored(self.inside.render(context)))  # nosec B308 B703  # noqa: S308
