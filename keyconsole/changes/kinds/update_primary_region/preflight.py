"""What stands in the way of a move, from what was last seen. Asks AWS nothing: pages call it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from keyconsole.changes.kinds.parts import Answer, Check, Preflight
from keyconsole.changes.kinds.update_primary_region.words import WARNINGS
from keyconsole.inventory.models import MultiRegionKey, RegionKey, Sight
from keyconsole.kms.facts import KeyState, Role
from keyconsole.kms.policies import explicit_deny
from keyconsole.kms.regions import partition_of

FRESH_FOR = timedelta(hours=2)
ACTION = "kms:UpdatePrimaryRegion"


def preflight(key: MultiRegionKey, *, to_region: str, now: datetime) -> Preflight:
    """Each check in the order in which KMS itself would refuse."""
    members = {member.region: member for member in key.region_keys.all()}
    return Preflight(tuple(_checks(key, members, to_region, now)), WARNINGS)


def _checks(
    key: MultiRegionKey, members: dict[str, RegionKey], to_region: str, now: datetime
) -> Iterator[Check]:
    yield _multi_region(key)
    yield _primary(key, members.get(key.primary_region))
    yield _replica(key, members.get(to_region), to_region)
    there = {region for region, member in members.items() if member.sight != Sight.GONE}
    pair = [members[region] for region in (key.primary_region, to_region) if region in there]
    for member in pair:
        yield _enabled(member)
    yield _own_account(key)
    for member in pair:
        yield _no_deny(member, _who_we_are(key))
    for member in pair:
        yield _fresh(member, now)


def _multi_region(key: MultiRegionKey) -> Check:
    if key.key_id.startswith("mrk-"):
        return Check("Multi-Region key", Answer.OK, "The key is a multi-Region key.")
    return Check("Multi-Region key", Answer.FAIL, "A single-Region key has no primary that could move.")


def _primary(key: MultiRegionKey, primary: RegionKey | None) -> Check:
    region = key.primary_region
    if primary is None or not region:
        return Check(
            "Primary", Answer.FAIL, "It is not known which Region is primary. Scan the account first."
        )
    if primary.sight != Sight.SEEN:
        sentence = f"The primary in {region} could not be seen at the last look ({primary.sight})."
        return Check("Primary", Answer.FAIL, sentence, region)
    if primary.role != Role.PRIMARY:
        sentence = f"{region} did not call itself primary at the last look: a move may be under way."
        return Check("Primary", Answer.FAIL, sentence, region)
    return Check("Primary", Answer.OK, f"{region} is the primary.", region)


def _replica(key: MultiRegionKey, replica: RegionKey | None, to_region: str) -> Check:
    problem = region_problem(key, to_region, replica) or _not_a_replica(key, replica, to_region)
    if problem:
        return Check("Replica", Answer.FAIL, problem, to_region)
    return Check("Replica", Answer.OK, f"{to_region} has a replica.", to_region)


def region_problem(key: MultiRegionKey, to_region: str, member: RegionKey | None) -> str:
    """Why that Region cannot hold the primary whatever AWS would show now; in AWS's own words, or empty."""
    partition = partition_of(to_region)
    if partition is None:
        return f"Region {to_region} is not a valid Region or multi-Region keys are not supported in it."
    if partition != key.account.partition:
        return "The replica key Region must be in the same AWS partition as the primary key Region."
    if member is None or member.sight == Sight.GONE:
        return f"{key.key_id} does not have a replica key in the specified Region ({to_region})."
    return ""


def _not_a_replica(key: MultiRegionKey, replica: RegionKey | None, to_region: str) -> str:
    if to_region == key.primary_region:
        return f"{to_region} already is the primary. There is nothing to move."
    if replica is None or replica.sight != Sight.SEEN:
        return f"The key in {to_region} could not be seen at the last look."
    if replica.role != Role.REPLICA:
        return f"The key in {to_region} did not call itself a replica at the last look."
    return ""


_WHAT_TO_DO = {
    KeyState.DISABLED: "Enable it first.",
    KeyState.PENDING_DELETION: "Cancel its deletion and enable it first.",
    KeyState.PENDING_REPLICA_DELETION: "Cancel its deletion and enable it first.",
    KeyState.PENDING_IMPORT: "Import its key material first.",
    KeyState.CREATING: "Wait until AWS has made it.",
    KeyState.UPDATING: "Wait until AWS has finished the change under way.",
}


def _enabled(member: RegionKey) -> Check:
    if member.sight != Sight.SEEN:
        was = f"; when it was last seen, it was {member.state}" if member.state else ""
        sentence = f"Whether the key in {member.region} is Enabled is not known{was}."
        return Check("Enabled", Answer.UNKNOWN, sentence, member.region)
    if member.state == KeyState.ENABLED:
        return Check("Enabled", Answer.OK, f"The key in {member.region} is Enabled.", member.region)
    what = _WHAT_TO_DO.get(member.state, "") if member.state in set(KeyState) else ""  # type: ignore[call-overload]
    sentence = f"The key in {member.region} is {member.state or 'in an unknown state'}. {what}".strip()
    return Check("Enabled", Answer.FAIL, sentence, member.region)


def _own_account(key: MultiRegionKey) -> Check:
    name, account = "Credentials", key.account
    if account.test_problem:
        return Check(name, Answer.WARN, f"The last connection test failed: {account.test_problem}")
    if account.role_arn:
        return Check(name, Answer.OK, f"KeyConsole acts in the key's own account as {account.role_arn}.")
    return Check(
        name, Answer.OK, f"KeyConsole acts with credentials of the key's own account {account.account_id}."
    )


def _who_we_are(key: MultiRegionKey) -> str:
    account = key.account
    return account.role_arn or f"arn:{account.partition}:iam::{account.account_id}:root"


def _no_deny(member: RegionKey, principal: str) -> Check:
    name, region = "Key policy", member.region
    if not member.policy:
        why = member.details_problem or "it was never read"
        return Check(name, Answer.UNKNOWN, f"The key policy in {region} is not known: {why}.", region)
    try:
        denial = explicit_deny(member.policy, action=ACTION, principal=principal)
    except ValueError as error:
        return Check(
            name, Answer.UNKNOWN, f"The key policy in {region} cannot be understood: {error}", region
        )
    if denial is None:
        return Check(name, Answer.OK, f"No statement in the key policy in {region} denies the move.", region)
    if denial.conditional:
        sentence = f"Statement {denial.sid!r} in {region} may deny the move: it depends on a condition."
        return Check(name, Answer.WARN, sentence, region)
    return Check(
        name, Answer.FAIL, f"Statement {denial.sid!r} of the key policy in {region} denies the move.", region
    )


def _fresh(member: RegionKey, now: datetime) -> Check:
    name, region = "Last seen", member.region
    if member.last_seen_at is None:
        return Check(name, Answer.UNKNOWN, f"The key in {region} was never seen.", region)
    if now - member.last_seen_at > FRESH_FOR:
        sentence = (
            f"The key in {region} was last seen over two hours ago; it is read again before anything is sent."
        )
        return Check(name, Answer.WARN, sentence, region)
    return Check(name, Answer.OK, f"The key in {region} was seen within the last two hours.", region)
