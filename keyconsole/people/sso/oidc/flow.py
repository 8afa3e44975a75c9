"""The code flow with PKCE, without a request: where to send somebody, and what their return is worth."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.oidc.asking import Answered, get_json, post_form
from keyconsole.people.sso.oidc.claims import Claims, read
from keyconsole.people.sso.oidc.discovery import Metadata, metadata
from keyconsole.people.sso.oidc.id_token import SKEW_SECONDS, verified
from keyconsole.people.sso.oidc.provider import Provider


@dataclass(frozen=True, slots=True)
class Begun:
    """What the session keeps of a sign-in that began; taken out of it once, whatever comes of it."""

    nonce: str
    verifier: str
    redirect_uri: str
    again: bool  # who is signed in proves it once more
    began_at: int

    @classmethod
    def begin(cls, *, redirect_uri: str, again: bool, now: float) -> Self:
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(48), redirect_uri, again, int(now))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Secrets; they never stand in the record or on a page."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Returned:
    claims: Claims
    tokens: Tokens


def address_of_sign_in(provider: Provider, begun: Begun, *, state: str) -> str:
    """Raises SignInFailed."""
    about = metadata(provider)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": begun.redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": begun.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
    }
    if begun.again:
        asked |= {"prompt": "login", "max_age": "0"}
    joined = "&" if urlsplit(about.authorization_endpoint).query else "?"
    return f"{about.authorization_endpoint}{joined}{urlencode(asked)}"


def returned(provider: Provider, begun: Begun, answer: Mapping[str, str]) -> Returned:
    """Raises SignInFailed: for whatever is not the provider's own, fresh answer to this very sign-in."""
    about = metadata(provider)
    _refuse_other_issuer(about, answer)
    if error := answer.get("error"):
        cancelled = error in {"access_denied", "login_required", "interaction_required"}
        raise SignInFailed(Why.CANCELLED if cancelled else Why.REFUSED_THERE, error)
    sent = _tokens_for(provider, about, begun, answer.get("code", ""))
    id_token = verified(_text(sent, "id_token"), about, client_id=provider.client_id, nonce=begun.nonce)
    claims = read(id_token, userinfo(about, _text(sent, "access_token"), sub=str(id_token["sub"])))
    if begun.again and claims.auth_time < begun.began_at - SKEW_SECONDS:
        raise SignInFailed(Why.NOT_FRESH, f"auth_time {claims.auth_time}, asked at {begun.began_at}")
    return Returned(claims, Tokens(_text(sent, "access_token"), _text(sent, "refresh_token")))


def userinfo(about: Metadata, access_token: str, *, sub: str) -> dict[str, Any]:
    """Empty where the provider has none. What is about somebody else is refused (Core, section 5.3.2)."""
    if not about.userinfo_endpoint or not access_token:
        return {}
    found = get_json(about.userinfo_endpoint, bearer=access_token)
    if found.get("sub") != sub:
        raise SignInFailed(Why.SUBJECT_DIFFERS, "userinfo is about another subject than the ID token")
    return found


def exchange(provider: Provider, about: Metadata, form: Mapping[str, str]) -> dict[str, Any]:
    """Ask the token endpoint, as the client that we are."""
    whole = {**form, "client_id": provider.client_id}
    if provider.client_secret and not about.client_auth_by_post:
        return post_form(about.token_endpoint, whole, basic=(provider.client_id, provider.client_secret))
    if provider.client_secret:
        whole["client_secret"] = provider.client_secret
    return post_form(about.token_endpoint, whole)


def _tokens_for(provider: Provider, about: Metadata, begun: Begun, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun.redirect_uri,
        "code_verifier": begun.verifier,
    }
    try:
        return exchange(provider, about, form)
    except Answered as answered:
        if answered.error == "invalid_grant":
            raise SignInFailed(Why.CODE_REFUSED, answered.detail) from None
        raise


def _refuse_other_issuer(about: Metadata, answer: Mapping[str, str]) -> None:
    """RFC 9207: an answer that another provider mixed in names its own issuer, or none."""
    named = answer.get("iss")
    if named is None and not about.names_issuer_in_answer:
        return
    if named is None or not hmac.compare_digest(named.encode(), about.issuer.encode()):
        raise SignInFailed(Why.WRONG_ISSUER, f"the answer names the issuer {str(named)[:120]}")


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""
