"""How KeyConsole enters an AWS account: names of profiles, variables, files and roles, never a secret."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_+=,.@-]+")
_LONGEST_SESSION_NAME = 64
_SHORTEST_SESSION_NAME = 2


class Source(StrEnum):
    """Where the first credentials come from. A role can be assumed on top of any of them."""

    DEFAULT = "default"
    PROFILE = "profile"
    ENV_KEYS = "env-keys"
    WEB_IDENTITY = "web-identity"


@dataclass(frozen=True, slots=True)
class CredentialSource:
    """`env_prefix` P means P_ACCESS_KEY_ID, P_SECRET_ACCESS_KEY, P_SESSION_TOKEN, or P_…_FILE of each."""

    source: Source = Source.DEFAULT
    profile_name: str = ""
    profile_location: str = ""
    env_prefix: str = ""
    web_identity_token_file: str = ""
    web_identity_role_arn: str = ""
    role_arn: str = ""
    external_id: str = ""
    session_name: str = ""
    endpoint_url: str = ""
    use_fips: bool = False
    use_dual_stack: bool = False
    region_hint: str = ""


def clean_session_name(wanted: str) -> str:
    """A name that STS takes (2 to 64 of its characters); it stands in CloudTrail beside each of our calls."""
    name = _NOT_ALLOWED.sub("-", wanted).strip("-")[:_LONGEST_SESSION_NAME]
    return name if len(name) >= _SHORTEST_SESSION_NAME else f"keyconsole-{name}".rstrip("-")
