"""Facts of one key as its Regions would show them, for tests without AWS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from keyconsole.inventory.models import Outcome, Sight
from keyconsole.inventory.observation import RegionObservation, SeenKey
from keyconsole.kms.facts import KeyArn, KeyState, RegionKeyFacts, Role

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
A, B, C = "us-east-1", "eu-west-1", "ap-southeast-2"
KEY = "mrk-1111aaaa2222bbbb3333cccc4444dddd"
OTHER = "mrk-5555eeee6666ffff7777aaaa8888bbbb"


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def facts(
    region: str,
    *,
    primary: str = A,
    role: Role | None = None,
    state: KeyState = KeyState.ENABLED,
    regions: tuple[str, ...] = (A, B),
    key_id: str = KEY,
) -> RegionKeyFacts:
    def arn(where: str) -> KeyArn:
        return KeyArn("aws", where, "111122223333", key_id)

    return RegionKeyFacts(
        arn=arn(region),
        role=role or (Role.PRIMARY if region == primary else Role.REPLICA),
        state=state,
        description="",
        created_at=T0,
        deletion_at=None,
        pending_window_days=None,
        key_spec="SYMMETRIC_DEFAULT",
        key_usage="ENCRYPT_DECRYPT",
        origin="AWS_KMS",
        primary=arn(primary),
        replicas=tuple(arn(where) for where in regions if where != primary),
        manager="CUSTOMER",
    )


def seen(one: RegionKeyFacts, *, minutes: float = 0) -> SeenKey:
    return SeenKey(one, at(minutes))


def look(
    region: str,
    outcome: Outcome,
    *keys: SeenKey,
    listed: set[str] | None = None,
    undescribed: dict[str, Sight] | None = None,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
    minutes: float = 0,
) -> RegionObservation:
    """A look that listed what it described, unless told otherwise; blind ones listed nothing."""
    undescribed = undescribed or {}
    complete = outcome in {Outcome.SEEN, Outcome.EMPTY, Outcome.PARTIAL}
    found = frozenset(key.facts.key_id for key in keys) | undescribed.keys()
    return RegionObservation(
        region=region,
        outcome=outcome,
        started_at=at(minutes),
        finished_at=at(minutes + 0.5),
        problem="",
        listed=frozenset(listed) if listed is not None else found if complete else None,
        seen=keys,
        undescribed=undescribed,
        aliases=aliases,
    )
