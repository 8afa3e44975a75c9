"""What a page may say about the way into an account: a role, assumed by an identity that the operator set up.

Files, programs, variables and endpoints of the server are named at its terminal, or chosen by a page from the
names that its operator allowed. Says the same of every name that is not among them, whether it exists or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from django.conf import settings

from keyconsole.aws_accounts.fields import AccountFields
from keyconsole.kms.credential_source import Source

TERMINAL_ONLY = (
    "source",
    "profile_name",
    "profile_location",
    "env_prefix",
    "web_identity_token_file",
    "web_identity_role_arn",
    "endpoint_url",
)
# How an account is entered. Where it has keys, a page proposes it and others agree.
WAY_IN = (*TERMINAL_ONLY, "role_arn", "external_id")
NOT_ALLOWED = "The operator of the server has not allowed pages to choose this."
AT_THE_TERMINAL = "This was set at the server's terminal, and is changed there: manage.py change_account."
ROLE_MISSING = (
    "Name the role to assume. An account is entered without one only as the server's terminal says."
)
ID_IS_OURS = "KeyConsole makes the external id itself, so that nobody else's can be entered with it."


class Origin(StrEnum):
    """Where it was said which identity enters an account first."""

    TERMINAL = "terminal"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The names that the server's operator lets pages choose from."""

    profiles: tuple[str, ...] = ()
    env_prefixes: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()

    @classmethod
    def by_the_operator(cls) -> Self:
        return cls(
            tuple(settings.KEYCONSOLE_ALLOWED_PROFILES),
            tuple(settings.KEYCONSOLE_ALLOWED_ENV_PREFIXES),
            tuple(settings.KEYCONSOLE_ALLOWED_ENDPOINTS),
        )


def page_problems(
    fields: AccountFields, *, allowed: Allowed, kept: AccountFields | None = None
) -> dict[str, str]:
    """The sentence for each field that a page may not say so. Takes tidied fields.

    `kept`: what the server's terminal set up, where it did; a page leaves that as it is.
    """
    return dict(_changed(fields, kept) if kept else _not_allowed(fields, allowed))


def new_external_id() -> str:
    return f"keyconsole-{secrets.token_hex(16)}"


def _changed(fields: AccountFields, kept: AccountFields) -> Iterator[tuple[str, str]]:
    for name in TERMINAL_ONLY:
        if fields[name] != kept[name]:  # type: ignore[literal-required]
            yield name, AT_THE_TERMINAL
    if kept["role_arn"] and not fields["role_arn"]:
        yield "role_arn", ROLE_MISSING


def _not_allowed(fields: AccountFields, allowed: Allowed) -> Iterator[tuple[str, str]]:
    name = fields["profile_name"] or fields["env_prefix"]
    names: dict[str, tuple[str, ...]] = {
        Source.DEFAULT: ("",),
        Source.PROFILE: allowed.profiles,
        Source.ENV_KEYS: allowed.env_prefixes,
    }
    if fields["profile_location"] or name not in names.get(fields["source"], ()):
        yield "source", NOT_ALLOWED
    if fields["endpoint_url"] and fields["endpoint_url"] not in allowed.endpoints:
        yield "endpoint_url", NOT_ALLOWED
    if not fields["role_arn"]:
        yield "role_arn", ROLE_MISSING
