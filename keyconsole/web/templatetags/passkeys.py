"""`{% passkeys_here as passkeys %}`: whether browsers take passkeys at this address, and where else."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from keyconsole.web.factors.domain import address_for_passkeys, passkeys_work

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_here(context: Context) -> dict[str, Any]:
    request = context["request"]
    return {
        "passkeys_work": passkeys_work(request),
        "address_for_passkeys": address_for_passkeys(request),
    }
