"""Asking the provider again about a person who is signed in, with the tokens that it gave at the sign-in."""

from __future__ import annotations

from dataclasses import dataclass

from keyconsole.people.sso.failures import SignInFailed, Why
from keyconsole.people.sso.oidc.asking import Answered
from keyconsole.people.sso.oidc.claims import Groups, groups_of, read
from keyconsole.people.sso.oidc.discovery import Metadata, metadata
from keyconsole.people.sso.oidc.flow import Tokens, exchange, userinfo
from keyconsole.people.sso.oidc.id_token import verified
from keyconsole.people.sso.oidc.provider import Provider


class GrantOver(Exception):  # noqa: N818 - it is an answer, not a fault
    """The provider no longer stands for this person: revoked, expired, or they are gone."""


class NothingToAskWith(Exception):  # noqa: N818 - it is an answer, not a fault
    """The access token of the sign-in has expired, and there is no refresh token."""


@dataclass(frozen=True, slots=True)
class Renewed:
    groups: Groups
    tokens: Tokens


def renew(provider: Provider, tokens: Tokens, *, sub: str) -> Renewed:
    """Raises GrantOver, NothingToAskWith, or SignInFailed where nobody could tell."""
    about = metadata(provider)
    if not tokens.refresh:
        return _by_access_token(about, tokens, sub=sub)
    try:
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        sent = exchange(provider, about, form)
    except Answered as answered:
        if answered.error == "invalid_grant":
            raise GrantOver from None
        raise
    fresh = Tokens(str(sent.get("access_token") or ""), str(sent.get("refresh_token") or tokens.refresh))
    signed = {"iss": about.issuer, "sub": sub}
    if id_token := sent.get("id_token"):
        signed = verified(str(id_token), about, client_id=provider.client_id, nonce=None)
        if signed["sub"] != sub:
            raise SignInFailed(Why.SUBJECT_DIFFERS, "the renewed ID token is about another subject")
    return Renewed(read(signed, userinfo(about, fresh.access, sub=sub)).groups, fresh)


def _by_access_token(about: Metadata, tokens: Tokens, *, sub: str) -> Renewed:
    if not tokens.access or not about.userinfo_endpoint:
        raise NothingToAskWith
    try:
        return Renewed(groups_of(userinfo(about, tokens.access, sub=sub)), tokens)
    except Answered as answered:
        # Expired or revoked: a provider says no more than that.
        if answered.status in {401, 403}:
            raise NothingToAskWith from None
        raise
