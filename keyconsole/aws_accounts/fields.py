"""The rules for describing an AWS account and the way into it. Pure: no database, no AWS.

Secrets are never among the fields; `env_prefix` names the variables or files that hold them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, cast
from urllib.parse import urlsplit

from keyconsole.kms.regions import partition_of
from keyconsole.kms.sessions import Source
from keyconsole.text import has_control_characters


class AccountFields(TypedDict, total=False):
    """What a person may say about an account, beside its number."""

    name: str
    regions: list[str]
    source: str
    profile_name: str
    profile_location: str
    env_prefix: str
    web_identity_token_file: str
    web_identity_role_arn: str
    role_arn: str
    external_id: str
    session_name: str
    endpoint_url: str
    use_fips: bool
    use_dual_stack: bool


AT_MOST = {
    "name": 80,
    "profile_name": 200,
    "profile_location": 500,
    "env_prefix": 100,
    "web_identity_token_file": 500,
    "web_identity_role_arn": 500,
    "role_arn": 500,
    "external_id": 1224,
    "session_name": 64,
    "endpoint_url": 500,
}
_BELONGS_TO = {
    "profile_name": Source.PROFILE,
    "profile_location": Source.PROFILE,
    "env_prefix": Source.ENV_KEYS,
    "web_identity_token_file": Source.WEB_IDENTITY,
    "web_identity_role_arn": Source.WEB_IDENTITY,
}
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/[\w+=,.@/-]+", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,}", re.ASCII)
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,}", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Z0-9_]*")
# How access key ids begin: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_ACCESS_KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12,}")


def tidy(fields: Mapping[str, Any]) -> AccountFields:
    """Every field, trimmed, Regions in order and once; what belongs to another source is left out."""
    source = str(fields.get("source") or Source.DEFAULT)
    texts = {
        name: unicodedata.normalize("NFC", str(fields.get(name) or "")).strip()
        if _BELONGS_TO.get(name, source) == source
        else ""
        for name in AT_MOST
    }
    regions = sorted({str(region).strip() for region in fields.get("regions") or () if str(region).strip()})
    flags = {name: bool(fields.get(name)) for name in ("use_fips", "use_dual_stack")}
    return cast("AccountFields", {**texts, **flags, "regions": regions, "source": source})


def problems(account_id: str, fields: AccountFields) -> dict[str, str]:
    """The sentence for each field that cannot stand; empty where all is well. Takes tidied fields."""
    found: dict[str, str] = {}
    for name, sentence in _problems(account_id, fields):
        found.setdefault(name, sentence)
    return found


def partition_for(fields: AccountFields, *, otherwise: str = "aws") -> str:
    """The AWS partition that the Regions or the role say; `otherwise` where neither tells."""
    for region in fields["regions"]:
        if partition := partition_of(region):
            return partition
    for arn in (fields["role_arn"], fields["web_identity_role_arn"]):
        if role := _ROLE.fullmatch(arn):
            return role[1]
    return otherwise


def _problems(account_id: str, fields: AccountFields) -> Iterator[tuple[str, str]]:
    if not _ACCOUNT.fullmatch(account_id):
        yield "account_id", "An AWS account number has exactly 12 digits."
    if not fields["name"]:
        yield "name", "Give the account a name that people know."
    elif _ACCOUNT.fullmatch(fields["name"]) and fields["name"] != account_id:
        yield "name", "A name of 12 digits would be taken for the number of another account."
    yield from _text_problems(fields)
    yield from _source_problems(fields)
    yield from _region_problems(fields)
    yield from _role_problems(account_id, fields)
    yield from _endpoint_problems(fields["endpoint_url"])


def _text_problems(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, at_most in AT_MOST.items():
        text = str(fields[name])
        if len(text) > at_most:
            yield name, f"At most {at_most:,} characters; these are {len(text):,}."
        if has_control_characters(text):
            yield name, "Control characters and invisible marks cannot stand here."


def _source_problems(fields: AccountFields) -> Iterator[tuple[str, str]]:
    source = fields["source"]
    if source not in list(Source):
        yield "source", f"Choose one of: {', '.join(Source)}."
    if source == Source.PROFILE and not fields["profile_name"]:
        yield "profile_name", "Name the profile."
    if source == Source.ENV_KEYS and not _PREFIX.fullmatch(fields["env_prefix"]):
        yield "env_prefix", "A prefix is capital letters, digits and _, and begins with a letter: PAYMENTS."
    elif source == Source.ENV_KEYS and _ACCESS_KEY_ID.fullmatch(fields["env_prefix"]):
        yield "env_prefix", "That is an access key id. Name the variables that hold it: PAYMENTS."
    if source == Source.WEB_IDENTITY and not fields["web_identity_token_file"]:
        yield "web_identity_token_file", "Name the file that holds the token."
    if source == Source.WEB_IDENTITY and not fields["web_identity_role_arn"]:
        yield "web_identity_role_arn", "Name the role that the web identity takes."
    if fields["session_name"] and not _SESSION_NAME.fullmatch(fields["session_name"]):
        yield "session_name", "A session name has 2 to 64 letters, digits and _+=,.@-"


def _region_problems(fields: AccountFields) -> Iterator[tuple[str, str]]:
    unknown = [region for region in fields["regions"] if not partition_of(region)]
    if unknown:
        yield (
            "regions",
            f"No Region with KMS is called {', '.join(repr(region[:40]) for region in unknown[:5])}.",
        )
    partitions = {partition_of(region) for region in fields["regions"]} - {None}
    if len(partitions) > 1:
        yield "regions", f"An account is in one partition; these Regions are in {_listed(partitions)}."


def _role_problems(account_id: str, fields: AccountFields) -> Iterator[tuple[str, str]]:
    """The last role taken decides where we arrive: it must be in this account, all in its partition."""
    partition = partition_for(fields)
    last = "role_arn" if fields["role_arn"] else "web_identity_role_arn"
    for name, arn in (
        ("role_arn", fields["role_arn"]),
        ("web_identity_role_arn", fields["web_identity_role_arn"]),
    ):
        role = _ROLE.fullmatch(arn)
        if arn and not role:
            yield (
                name,
                "This is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/keyconsole.",
            )
        elif role and role[1] != partition:
            yield name, f"The role is in the partition {role[1]}, the account is in {partition}."
        elif role and name == last and role[2] != account_id:
            yield name, f"The role belongs to the account {role[2]}, not to {account_id[:40]}."
    if fields["external_id"] and not fields["role_arn"]:
        yield "external_id", "An external id is sent only when a role is assumed; name the role."
    elif fields["external_id"] and not _EXTERNAL_ID.fullmatch(fields["external_id"]):
        yield "external_id", "An external id has 2 to 1,224 letters, digits and _+=,.@:/-"


def _endpoint_problems(url: str) -> Iterator[tuple[str, str]]:
    if not url:
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or port == 0 or not host.isascii() or " " in url:
        yield "endpoint_url", "An endpoint is an address such as https://kms.example.com."
    elif "@" in parts.netloc:
        yield "endpoint_url", "An address with a user name or a password in it is not kept."
    elif parts.query or parts.fragment or "?" in url or "#" in url:
        yield "endpoint_url", "An endpoint has no ? and no #."


def _listed(partitions: set[str | None]) -> str:
    return " and ".join(sorted(str(partition) for partition in partitions))
