"""What the provider said about a person, of the ID token and of userinfo, in our words.

The ID token is signed, so where both say something, it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from keyconsole.aws_accounts.models import SSO_GROUP_AT_MOST
from keyconsole.people.models import GroupsAnswer
from keyconsole.people.sso import second_factor


@dataclass(frozen=True, slots=True)
class Groups:
    answer: GroupsAnswer
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claims:
    issuer: str
    sub: str
    username: str = ""
    email: str = ""
    name: str = ""
    groups: Groups = Groups(GroupsAnswer.ABSENT)
    auth_time: int = 0  # 0: not said
    amr: tuple[str, ...] = ()

    @property
    def has_second_factor(self) -> bool:
        """Whether the provider says that it asked for one that counts here."""
        return second_factor.is_one(self.amr)


def read(id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> Claims:
    both = {**userinfo, **id_token}
    auth_time, amr = id_token.get("auth_time"), id_token.get("amr")
    return Claims(
        issuer=str(id_token["iss"]),
        sub=str(id_token["sub"]),
        username=_username(both),
        email=_text(both, settings.KEYCONSOLE_OIDC_EMAIL_CLAIM),
        name=_text(both, settings.KEYCONSOLE_OIDC_NAME_CLAIM),
        groups=_said_first(id_token, userinfo),
        auth_time=auth_time if isinstance(auth_time, int) else 0,
        amr=tuple(str(each)[:40] for each in amr[:20]) if isinstance(amr, list) else (),
    )


def groups_of(claims: Mapping[str, Any]) -> Groups:
    """A claim that is no list of names is no answer."""
    found = _at(claims, settings.KEYCONSOLE_OIDC_GROUPS_CLAIM)
    if isinstance(found, str):
        found = [found] if found else None
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        return Groups(GroupsAnswer.ABSENT)
    return present(found)


def present(names: list[str]) -> Groups:
    """What has a name that could not be mapped is left out, yet is an answer."""
    kept = frozenset(
        each for each in names if 0 < len(each) <= SSO_GROUP_AT_MOST and each.isprintable() and each.strip()
    )
    return Groups(GroupsAnswer.PRESENT if names else GroupsAnswer.EMPTY, kept)


def _said_first(id_token: Mapping[str, Any], userinfo: Mapping[str, Any]) -> Groups:
    signed = groups_of(id_token)
    return groups_of(userinfo) if signed.answer is GroupsAnswer.ABSENT else signed


def _username(claims: Mapping[str, Any]) -> str:
    """An address that the provider has not seen to be theirs is nobody's name."""
    claim = settings.KEYCONSOLE_OIDC_USERNAME_CLAIM
    if claim == "email" and claims.get("email_verified") is False:
        return ""
    return _text(claims, claim)


def _text(claims: Mapping[str, Any], claim: str) -> str:
    found = _at(claims, claim)
    return found.strip()[:254] if isinstance(found, str) and found.isprintable() else ""


def _at(claims: Mapping[str, Any], claim: str) -> Any:
    """By its whole name, which may be an address with dots; else step by step, as in realm_access.roles."""
    if claim in claims:
        return claims[claim]
    found: Any = claims
    for step in claim.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
