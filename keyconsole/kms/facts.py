"""What AWS KMS told us, as frozen values: pure parsing, no network.

Owns the shapes that the rest of KeyConsole reads. Never keeps an AWS dict: what has no name here is not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

_KEY_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>[a-z0-9-]*):(?P<region>[a-z0-9-]*)"
    r":(?P<account_id>[^:]*):(?P<resource>\S+)"
)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_REGION = re.compile(r"([a-z]+-){2,3}\d+")
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROLE_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role/([^/]+)/.+")
_LONGEST_WORD, _LONGEST_STATE = 40, 30


class NotMultiRegion(ValueError):  # noqa: N818 - says what the key is, not that we erred
    """A single-Region key was given where a member of a multi-Region key is needed."""


class KeyState(StrEnum):
    """The states of the API model. A state that AWS has besides keeps its word and equals none of these."""

    CREATING = "Creating"
    ENABLED = "Enabled"
    DISABLED = "Disabled"
    PENDING_DELETION = "PendingDeletion"
    PENDING_IMPORT = "PendingImport"
    PENDING_REPLICA_DELETION = "PendingReplicaDeletion"
    UNAVAILABLE = "Unavailable"
    UPDATING = "Updating"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str) or not value:
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown


class Role(StrEnum):
    PRIMARY = "PRIMARY"
    REPLICA = "REPLICA"


@dataclass(frozen=True, slots=True, order=True)
class KeyArn:
    """A full key ARN. The bare `mrk-` id resolves in every Region of its set, so it never stands alone."""

    partition: str
    region: str
    account_id: str
    key_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raise ValueError, with a sentence for people, unless `text` is the ARN of a KMS key."""
        found = _KEY_ARN.fullmatch(text)
        if not found:
            raise ValueError(f"{_shown(text)} is not an ARN of a KMS key.")
        if found["service"] != "kms":
            raise ValueError(f"{_shown(text)} belongs to the service {found['service']!r}, not to KMS.")
        if not _REGION.fullmatch(found["region"]):
            raise ValueError(f"{_shown(text)} does not name a Region.")
        if not _ACCOUNT_ID.fullmatch(found["account_id"]):
            raise ValueError(f"{_shown(text)} does not name an account of 12 digits.")
        kind, _, key_id = found["resource"].partition("/")
        if kind == "alias":
            raise ValueError(f"{_shown(text)} is an alias; name the key itself.")
        if kind != "key" or not _KEY_ID.fullmatch(key_id):
            raise ValueError(f"{_shown(text)} does not name a key.")
        return cls(found["partition"], found["region"], found["account_id"], key_id)

    def __str__(self) -> str:
        return f"arn:{self.partition}:kms:{self.region}:{self.account_id}:key/{self.key_id}"


@dataclass(frozen=True, slots=True)
class ListedKey:
    key_id: str
    arn: KeyArn

    @property
    def is_multi_region(self) -> bool:
        return self.key_id.startswith("mrk-")

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self:
        return cls(key_id=entry["KeyId"], arn=KeyArn.parse(entry["KeyArn"]))


@dataclass(frozen=True, slots=True)
class RegionKeyFacts:
    """One member of a multi-Region key, as DescribeKey in its own Region shows it.

    State, spec, usage and origin are AWS's words, new ones too (ML-KEM came in 2026).

    `state` is the truth: KMS says Enabled=false while Updating, too (observed 2026-09-12). `role` is its own;
    for some seconds after a move two members, or none, may say PRIMARY.
    """

    arn: KeyArn
    role: Role
    state: KeyState
    description: str
    created_at: datetime
    deletion_at: datetime | None
    pending_window_days: int | None
    key_spec: str
    key_usage: str
    origin: str
    primary: KeyArn
    replicas: tuple[KeyArn, ...]
    manager: str

    @property
    def key_id(self) -> str:
        return self.arn.key_id

    @property
    def region(self) -> str:
        return self.arn.region

    @property
    def regions(self) -> tuple[str, ...]:
        """Every Region that the configuration names, this one included, in alphabetical order."""
        return tuple(sorted({self.region, self.primary.region, *(arn.region for arn in self.replicas)}))

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self:
        """Raise NotMultiRegion for a single-Region key, KeyError or ValueError for any other shape."""
        arn = KeyArn.parse(metadata["Arn"])
        if not metadata.get("MultiRegion", False):
            raise NotMultiRegion(f"{arn} is a single-Region key.")
        configuration = metadata["MultiRegionConfiguration"]
        return cls(
            arn=arn,
            role=Role(configuration["MultiRegionKeyType"]),
            state=KeyState(_word(metadata["KeyState"], longest=_LONGEST_STATE)),
            description=metadata.get("Description", ""),
            created_at=_utc(metadata["CreationDate"]),
            deletion_at=_utc_or_none(metadata.get("DeletionDate")),
            pending_window_days=metadata.get("PendingDeletionWindowInDays"),
            key_spec=_word(metadata.get("KeySpec", "")),
            key_usage=_word(metadata.get("KeyUsage", "")),
            origin=_word(metadata.get("Origin", "")),
            primary=KeyArn.parse(configuration["PrimaryKey"]["Arn"]),
            replicas=tuple(
                sorted(KeyArn.parse(replica["Arn"]) for replica in configuration.get("ReplicaKeys", ()))
            ),
            manager=metadata.get("KeyManager", ""),
        )


@dataclass(frozen=True, slots=True)
class AliasFacts:
    """An alias of one Region that points to a key. Entries without a key (AWS's own, unused) are left out."""

    name: str
    key_id: str

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Self | None:
        key_id = entry.get("TargetKeyId")
        return cls(name=entry["AliasName"], key_id=key_id) if key_id else None


@dataclass(frozen=True, slots=True)
class RotationFacts:
    enabled: bool
    period_days: int | None = None
    next_at: datetime | None = None
    on_demand_started_at: datetime | None = None

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        return cls(
            enabled=bool(answer["KeyRotationEnabled"]),
            period_days=answer.get("RotationPeriodInDays"),
            next_at=_utc_or_none(answer.get("NextRotationDate")),
            on_demand_started_at=_utc_or_none(answer.get("OnDemandRotationStartDate")),
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who STS says we are."""

    account_id: str
    arn: str
    partition: str

    @classmethod
    def from_answer(cls, answer: Mapping[str, Any]) -> Self:
        arn = answer["Arn"]
        return cls(account_id=answer["Account"], arn=arn, partition=arn.split(":", 2)[1])


def principal_of(arn: str) -> str:
    """As a policy names it: the role of a session of that role. STS leaves out the path of a role."""
    session = _ROLE_SESSION.fullmatch(arn)
    return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session else arn


@dataclass(frozen=True, slots=True)
class MoveAnswer:
    """KMS accepted UpdatePrimaryRegion. It answers success, too, when there was nothing to move."""

    request_id: str
    already_primary: bool


def _word(word: object, *, longest: int = _LONGEST_WORD) -> str:
    """Cut to what its column holds, and without NUL, which PostgreSQL refuses."""
    if not isinstance(word, str):
        raise ValueError(f"AWS gave {_shown(repr(word))} where it gives a word.")  # noqa: TRY004 - as for any shape
    return word.replace("\0", "\N{REPLACEMENT CHARACTER}")[:longest]


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _utc_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else _utc(moment)


def _shown(text: str) -> str:
    """Foreign text, safe and short enough to stand in a sentence."""
    return repr(text if len(text) <= 200 else f"{text[:200]}…")
