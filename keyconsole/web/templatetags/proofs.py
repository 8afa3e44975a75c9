"""What waits for the proof that a page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from keyconsole.web.reauthentication import asked_about

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_to_prove(context: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is being confirmed and for how many minutes the proof then lasts; None where nothing waits."""
    return asked_about(context["request"])
