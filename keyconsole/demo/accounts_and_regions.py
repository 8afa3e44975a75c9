"""The AWS side of the demo story: four accounts, six Regions, some sixty multi-Region keys.

Owns the shapes and the look-ups; the keys themselves stand in story_keys.py. Pure data: the product's past
(periods, changes, people) is told elsewhere from the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

REGIONS = ("us-east-1", "us-west-2", "ca-central-1", "eu-west-1", "eu-central-1", "ap-southeast-2")
ROLE_NAME = "KeyConsole"


@dataclass(frozen=True, slots=True)
class StoryAccount:
    account_id: str
    name: str
    description: str
    unit: str = ""
    can_be_entered: bool = True
    denied_regions: tuple[str, ...] = ()

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{ROLE_NAME}"


PAYMENTS = StoryAccount("111122223333", "payments", "Cards, ledgers and settlement", "prod/payments")
RESEARCH = StoryAccount("222233334444", "research", "Genomes, trials and models", "labs/research")
ARCHIVE = StoryAccount(
    "333344445555",
    "archive",
    "What must be kept and hardly ever read",
    "prod/archive",
    denied_regions=("eu-central-1",),
)
ACQUIRED = StoryAccount(
    "444455556666", "acquired", "Bought last spring; its role is still missing", can_be_entered=False
)
ACCOUNTS = (PAYMENTS, RESEARCH, ARCHIVE, ACQUIRED)


@dataclass(frozen=True, slots=True)
class StoryMove:
    """A primary that moved in the past, counted in days before the story starts."""

    from_region: str
    to_region: str
    days_ago: float
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoryKey:
    account: StoryAccount
    alias: str
    """Without the prefix alias/."""
    description: str
    primary: str
    replicas: tuple[str, ...]
    data_class: str = "internal"
    environment: str = "production"
    moves: tuple[StoryMove, ...] = ()
    """Oldest first; the last one leads to `primary`."""
    disabled_in: tuple[str, ...] = ()
    pending_deletion_in: tuple[str, ...] = ()
    """For the primary of a set with replicas that means PendingReplicaDeletion."""
    imported: bool = False
    policy_drifts_in: tuple[str, ...] = ()
    tags_drift_in: tuple[str, ...] = ()
    alias_missing_in: tuple[str, ...] = ()
    move_denied_in: tuple[str, ...] = ()
    """Regions whose key policy has an explicit Deny of kms:UpdatePrimaryRegion."""
    rotates: bool = True

    @property
    def key_id(self) -> str:
        """The same in every run: what is told of the past can name the key."""
        return "mrk-" + sha256(f"{self.account.name}/{self.alias}".encode()).hexdigest()[:32]

    @property
    def regions(self) -> tuple[str, ...]:
        return (self.primary, *self.replicas)

    @property
    def created_days_ago(self) -> int:
        """Believable and always the same: between half a year and three years, before any move."""
        spread = int(self.key_id[-4:], 16) % 900
        return 190 + spread

    @property
    def tags(self) -> dict[str, str]:
        return {
            "owner": self.account.name,
            "data-class": self.data_class,
            "environment": self.environment,
        }
