"""What the provider says about itself, and its keys: kept for some minutes in each process.

Its issuer has to be what the environment's address stands for, or another could speak for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.oidc.asking import get_json, is_safe_address
from keyconsole.people.sso.oidc.provider import Provider

KEPT_SECONDS = 600.0
# Of whoever signs: public keys alone. HS256 would make our secret a signing key, `none` nothing at all.
ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


@dataclass(frozen=True, slots=True)
class Metadata:
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str  # empty: there is none
    jwks_uri: str
    algorithms: frozenset[str]
    client_auth_by_post: bool
    names_issuer_in_answer: bool  # RFC 9207


_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_guard = threading.Lock()
# One at a time asks: a provider that hangs holds one thread of this process, and not all that serve pages.
_asks = threading.Lock()
_WAIT_FOR_ANOTHER_SECONDS = 2.0


def metadata(provider: Provider) -> Metadata:
    """Raises SignInFailed."""
    if not is_safe_address(provider.discovery_url):
        raise SignInFailed(Why.PROVIDER_WRONG, "the discovery address is not https")
    found = _remembered(provider.discovery_url)
    issuer = str(found.get("issuer", ""))
    if issuer.removesuffix("/") != provider.issuer:
        raise SignInFailed(Why.WRONG_ISSUER, f"discovery names the issuer {issuer[:120]}")
    named = found.get("id_token_signing_alg_values_supported")
    methods = found.get("token_endpoint_auth_methods_supported")
    basic = not isinstance(methods, list) or "client_secret_basic" in methods
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(found, "authorization_endpoint"),
        token_endpoint=_endpoint(found, "token_endpoint"),
        userinfo_endpoint=_endpoint(found, "userinfo_endpoint") if "userinfo_endpoint" in found else "",
        jwks_uri=_endpoint(found, "jwks_uri"),
        algorithms=ASYMMETRIC & set(map(str, named if isinstance(named, list) else ["RS256"])),
        client_auth_by_post=not basic,
        names_issuer_in_answer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def signing_keys(about: Metadata, *, anew: bool = False) -> list[dict[str, Any]]:
    """`anew`: not what is remembered, since a token names a key that is not in it."""
    keys = _remembered(about.jwks_uri, anew=anew).get("keys")
    if not isinstance(keys, list):
        raise SignInFailed(Why.PROVIDER_WRONG, "its key set has no keys")
    return [key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def forget() -> None:
    with _guard:
        _kept.clear()


def _remembered(url: str, *, anew: bool = False) -> dict[str, Any]:
    came = time.monotonic()
    since = came if anew else came - KEPT_SECONDS
    if (found := _known(url, since=since)) is not None:
        return found
    if not _asks.acquire(timeout=_WAIT_FOR_ANOTHER_SECONDS):
        raise SignInFailed(Why.PROVIDER_DOWN, "it has not answered another sign-in yet")
    try:
        # Whoever was first may have brought it meanwhile.
        found = _known(url, since=since)
        if found is None:
            found = get_json(url)
            with _guard:
                _kept[url] = (time.monotonic(), found)
    finally:
        _asks.release()
    return found


def _known(url: str, *, since: float) -> dict[str, Any] | None:
    with _guard:
        at, found = _kept.get(url, (0.0, None))
    return found if at >= since else None


def _endpoint(found: dict[str, Any], name: str) -> str:
    url = found.get(name)
    if not isinstance(url, str) or not is_safe_address(url):
        raise SignInFailed(Why.PROVIDER_WRONG, f"its {name} is no https address")
    return url
