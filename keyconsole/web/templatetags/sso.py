"""What the sign-in page knows of single sign-on."""

from __future__ import annotations

from django import template

from keyconsole.people.sso.oidc.provider import Provider, the_provider

register = template.Library()


@register.simple_tag
def sso_provider() -> Provider | None:
    """None where there is none; its name stands on the button."""
    return the_provider()
