"""System checks that refuse single sign-on that is set up by halves, or open to whoever sends a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from keyconsole.people.sso.oidc.asking import is_safe_address
from keyconsole.people.sso.oidc.provider import WELL_KNOWN
from keyconsole.people.sso.second_factor import NO_FACTOR
from keyconsole.people.sso.trusted_proxy import UNIX, is_used, networks


@register(Tags.security)
def provider_is_whole(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    url = settings.KEYCONSOLE_OIDC_DISCOVERY_URL
    if not url:
        return []
    if not is_safe_address(url) or not url.endswith(WELL_KNOWN):
        return [
            Error(
                "KEYCONSOLE_OIDC_DISCOVERY_URL is no discovery address over https.",
                hint=f"It ends with {WELL_KNOWN}; http is taken for this very host alone.",
                id="keyconsole.E020",
            )
        ]
    if settings.KEYCONSOLE_OIDC_CLIENT_ID:
        return []
    return [
        Error(
            "KEYCONSOLE_OIDC_DISCOVERY_URL is set, and KEYCONSOLE_OIDC_CLIENT_ID is not.",
            hint="Set KEYCONSOLE_OIDC_CLIENT_ID to what the provider calls this KeyConsole.",
            id="keyconsole.E021",
        )
    ]


@register(Tags.security)
def somebody_can_get_in(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if not settings.KEYCONSOLE_SSO_ONLY or settings.KEYCONSOLE_OIDC_DISCOVERY_URL or is_used():
        return []
    return [
        Error(
            "KEYCONSOLE_SSO_ONLY is on, and there is no single sign-on.",
            hint="Set KEYCONSOLE_OIDC_DISCOVERY_URL or KEYCONSOLE_PROXY_USER_HEADER, or unset it.",
            id="keyconsole.E022",
        )
    ]


@register(Tags.security)
def proxy_is_named(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if not is_used():
        return []
    return [
        Error(
            f"KEYCONSOLE_PROXY_USER_HEADER is set, and {problem}",
            hint="Name the proxy's addresses or networks in KEYCONSOLE_PROXY_ADDRESSES, or `unix`.",
            id="keyconsole.E023",
        )
        for problem in _problems_of_proxy()
    ]


@register(Tags.security)
def second_factors_are_some(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    wrong = sorted(NO_FACTOR.intersection(settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR))
    if not wrong:
        return []
    return [
        Error(
            f"KEYCONSOLE_OIDC_SECOND_FACTOR_AMR names what is no second factor: {', '.join(wrong)}.",
            hint="Of RFC 8176 these are: mfa, otp, hwk, swk, pop, sc, fpt, face, iris, retina, vbm.",
            id="keyconsole.E024",
        )
    ]


def _problems_of_proxy() -> Iterator[str]:
    named = settings.KEYCONSOLE_PROXY_ADDRESSES
    try:
        found = networks(named)
    except ValueError as error:
        yield f"KEYCONSOLE_PROXY_ADDRESSES cannot be read: {error}."
        return
    if not named:
        yield "no proxy is named: anybody could say who they are."
    if any(network.prefixlen == 0 for network in found):
        yield "KEYCONSOLE_PROXY_ADDRESSES names every address: anybody could say who they are."
    if UNIX in named and not settings.KEYCONSOLE_BEHIND_PROXY:
        yield "through a unix socket nobody knows where people come from without KEYCONSOLE_BEHIND_PROXY."
    for header in (settings.KEYCONSOLE_PROXY_USER_HEADER, settings.KEYCONSOLE_PROXY_GROUPS_HEADER):
        if header and not re.fullmatch(r"[A-Za-z0-9-]{1,80}", header):
            yield "a header has a name that no header can have: letters, digits and - alone."
