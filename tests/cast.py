"""The people, accounts and keys of every test, by name.

Ana requests in payments and research; Ben and Bea approve there; Cleo audits and Ada administers everywhere;
Dan may see nothing. Nobody but Cleo and Ada sees archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.inventory.models import Cause, MultiRegionKey, PrimaryPeriod, RegionKey, Sight
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.models import Policy, PolicyVersion

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
CARD_VAULT = "mrk-1111aaaa2222bbbb3333cccc4444dddd"
LEDGER = "mrk-5555eeee6666ffff7777aaaa8888bbbb"
GENOME = "mrk-9999cccc0000dddd1111eeee2222ffff"
OLD_VAULT = "mrk-3333aaaa4444bbbb5555cccc6666dddd"
POLICY = '{"Version":"2012-10-17","Statement":[]}'


@dataclass(frozen=True)
class Cast:
    ana: User
    ben: User
    bea: User
    cleo: User
    dan: User
    ada: User
    payments: AwsAccount
    research: AwsAccount
    archive: AwsAccount


@dataclass(frozen=True)
class Inventory:
    card_vault: MultiRegionKey  # payments: us-east-1, replicas in eu-west-1 and us-west-2, all alike
    ledger: MultiRegionKey  # payments: eu-west-1; the replica in eu-central-1 is Disabled
    genome: MultiRegionKey  # research: us-west-2, drifted replica in us-east-1, ap-southeast-2 denied
    old_vault: MultiRegionKey  # archive: ca-central-1, replica in us-east-1 pending deletion


def make_person(username: str, *roles: Role, accounts: tuple[AwsAccount | None, ...] = (None,)) -> User:
    (person,) = _make_people((username, roles, accounts))
    return person


def _make_people(*people: tuple[str, Iterable[Role], Iterable[AwsAccount | None]]) -> list[User]:
    """In two statements, since thousands of tests begin with them."""
    made = User.objects.bulk_create(
        User(username=name, password=_hashed(PASSWORD), first_name=name.title()) for name, _, _ in people
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=role.value, account=account, granted_by="ada", granted_at=NOW)
        for person, (_, roles, accounts) in zip(made, people, strict=True)
        for role in roles
        for account in accounts
    )
    return made


@cache
def _hashed(password: str) -> str:
    return make_password(password)


def make_account(name: str, account_id: str, **over: Any) -> AwsAccount:
    account = _account(name, account_id, **over)
    account.save(force_insert=True)
    return account


def _account(name: str, account_id: str, **over: Any) -> AwsAccount:
    fields: dict[str, Any] = {"regions": [], "added_at": NOW - timedelta(days=90), **over}
    return AwsAccount(name=name, account_id=account_id, **fields)


def hold(rules: Rules) -> PolicyVersion:
    """A policy that holds from now on, in the place of what it said before."""
    policy, _ = Policy.objects.get_or_create(name=rules.name)
    policy.versions.filter(state="active").update(state="superseded")
    return _hold(policy, rules, number=policy.versions.count() + 1)


def _hold(policy: Policy, rules: Rules, *, number: int) -> PolicyVersion:
    return PolicyVersion.objects.create(
        policy=policy,
        number=number,
        document=rules.as_json(),
        sha256=rules.rules_sha256,
        state="active",
        why="For the tests.",
        proposed_at=NOW,
        decided_at=NOW,
    )


def make_cast() -> Cast:
    """Every key may be moved by a requester alone, as most tests need it; those of approvals differ."""
    alone = Rules(name="alone", rule=Rule.CONFIRM)
    _hold(Policy.objects.create(name=alone.name), alone, number=1)
    payments, research, archive = AwsAccount.objects.bulk_create(
        _account(name, account_id)
        for name, account_id in (
            ("payments", "111122223333"),
            ("research", "222233334444"),
            ("archive", "333344445555"),
        )
    )
    both = (payments, research)
    everywhere = (None,)
    ana, ben, bea, cleo, dan, ada = _make_people(
        ("ana", [Role.REQUESTER], both),
        ("ben", [Role.APPROVER], both),
        ("bea", [Role.APPROVER], both),
        ("cleo", [Role.AUDITOR], everywhere),
        ("dan", [], ()),
        ("ada", [Role.ADMINISTRATOR], everywhere),
    )
    return Cast(
        ana=ana,
        ben=ben,
        bea=bea,
        cleo=cleo,
        dan=dan,
        ada=ada,
        payments=payments,
        research=research,
        archive=archive,
    )


@dataclass(frozen=True)
class Member:
    """One Region of a key to make; the first member of a key is its primary."""

    region: str
    state: str = "Enabled"
    sight: Sight = Sight.SEEN
    policy: str = POLICY
    tags: Mapping[str, str] = field(default_factory=lambda: {"team": "platform"})
    aliases: tuple[str, ...] | None = None
    description: str = ""


def make_key(
    account: AwsAccount, key_id: str, *members: Member, alias: str = "", seen_at: datetime = NOW
) -> MultiRegionKey:
    [key] = _make_keys((account, key_id, alias, members), seen_at=seen_at)
    return key


def _make_keys(
    *keys: tuple[AwsAccount, str, str, tuple[Member, ...]], seen_at: datetime
) -> list[MultiRegionKey]:
    """In three statements, as people are."""
    created = seen_at - timedelta(days=60)
    made = MultiRegionKey.objects.bulk_create(
        MultiRegionKey(
            account=account,
            key_id=key_id,
            primary_region=members[0].region,
            alias=alias,
            key_spec="SYMMETRIC_DEFAULT",
            key_usage="ENCRYPT_DECRYPT",
            origin="AWS_KMS",
            first_seen_at=created,
            last_seen_at=seen_at,
        )
        for account, key_id, alias, members in keys
    )
    RegionKey.objects.bulk_create(
        _region_key(key, member, is_primary=member is members[0], created=created, seen_at=seen_at)
        for key, (_, _, _, members) in zip(made, keys, strict=True)
        for member in members
    )
    PrimaryPeriod.objects.bulk_create(
        PrimaryPeriod(key=key, region=key.primary_region, started_at=created, cause=Cause.FIRST_SEEN.value)
        for key in made
    )
    return made


def _region_key(
    key: MultiRegionKey, member: Member, *, is_primary: bool, created: datetime, seen_at: datetime
) -> RegionKey:
    if member.sight in {Sight.DENIED, Sight.UNREACHABLE, Sight.UNLOOKED}:
        return RegionKey(key=key, region=member.region, sight=member.sight.value, last_look_at=seen_at)
    aliases = member.aliases if member.aliases is not None else ((key.alias,) if key.alias else ())
    return RegionKey(
        key=key,
        region=member.region,
        sight=member.sight.value,
        role="PRIMARY" if is_primary else "REPLICA",
        state=member.state,
        description=member.description,
        aliases=list(aliases),
        created_at=created,
        deletion_at=seen_at + timedelta(days=20) if member.state == "PendingDeletion" else None,
        first_seen_at=created,
        last_seen_at=seen_at,
        last_look_at=seen_at,
        details_at=seen_at,
        policy=member.policy,
        policy_sha256=sha256(member.policy.encode()).hexdigest(),
        tags=dict(member.tags),
        rotation={"enabled": True, "period_days": 365, "next_at": None, "on_demand_started_at": None},
    )


def make_inventory(cast: Cast, *, seen_at: datetime = NOW) -> Inventory:
    denied = Member("ap-southeast-2", sight=Sight.DENIED)
    drifted = Member("us-east-1", policy='{"Version":"2012-10-17","Statement":[{}]}', tags={"team": "lab"})
    alike = (Member("us-east-1"), Member("eu-west-1"), Member("us-west-2"))
    disabled = Member("eu-central-1", state="Disabled")
    going = Member("us-east-1", state="PendingDeletion")
    return Inventory(
        *_make_keys(
            (cast.payments, CARD_VAULT, "alias/card-vault", alike),
            (cast.payments, LEDGER, "alias/ledger", (Member("eu-west-1"), disabled)),
            (cast.research, GENOME, "alias/genome", (Member("us-west-2"), drifted, denied)),
            (cast.archive, OLD_VAULT, "alias/old-vault", (Member("ca-central-1"), going)),
            seen_at=seen_at,
        )
    )
