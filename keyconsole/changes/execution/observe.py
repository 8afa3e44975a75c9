"""Looks at a key in every Region of its set. Outside of any transaction; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.plan.plan import Plan
from keyconsole.inventory.models import MultiRegionKey, Sight
from keyconsole.kms.errors import AccessDenied, KmsError, NotFound, ServiceFault, Throttled, Unreachable
from keyconsole.kms.facts import KeyArn, RegionKeyFacts
from keyconsole.kms.policies import policy_digest
from keyconsole.kms.sessions import AccountSession, connect

TRANSIENT = (Unreachable, Throttled, ServiceFault)


@dataclass(frozen=True, slots=True)
class Seen:
    """One Region at one moment. Without `facts`, `problem` says why nothing could be seen."""

    region: str
    sight: Sight
    facts: RegionKeyFacts | None = None
    problem: str = ""
    transient: bool = False
    policy_sha256: str = ""

    @property
    def role(self) -> str:
        return self.facts.role.value if self.facts else ""

    @property
    def state(self) -> str:
        return self.facts.state.value if self.facts else ""

    @property
    def names_primary(self) -> str:
        return self.facts.primary.region if self.facts else ""

    def for_plan(self) -> dict[str, str]:
        return {
            "region": self.region,
            "role": self.role,
            "state": self.state,
            "policy_sha256": self.policy_sha256,
        }


def enter_for(account: AwsAccount, *, name: str) -> AccountSession:
    """Enter an account; the caller closes it. `name` stands in CloudTrail and joins its record to ours."""
    return connect(
        account.credential_source, account_id=account.account_id, session_name=f"keyconsole-{name}"
    )


def known_regions_of(key: MultiRegionKey, *, first: Iterable[str] = ()) -> list[str]:
    """The Regions asked for, then every other that the set was last known to have."""
    others = key.region_keys.exclude(sight=Sight.GONE).values_list("region", flat=True)
    return list(dict.fromkeys([*first, *sorted(others)]))


def observe(key: MultiRegionKey, session: AccountSession, *, regions: Iterable[str]) -> list[Seen]:
    return [_observe_in(session, KeyArn.parse(key.arn_in(region))) for region in regions]


def not_entered(regions: Iterable[str], error: KmsError) -> list[Seen]:
    """What a look gives where the account itself could not be entered: it says nothing about any Region."""
    transient = isinstance(error, TRANSIENT)
    return [Seen(region, Sight.UNLOOKED, problem=str(error), transient=transient) for region in regions]


def with_policies(plan: Plan, session: AccountSession, seen: list[Seen]) -> list[Seen]:
    """The same, with digests of the policies that the plan was made with."""
    planned = {region["region"] for region in plan["regions"] if region["policy_sha256"]}
    return [
        replace(one, policy_sha256=_digest(session, one.facts))
        if one.facts and one.region in planned
        else one
        for one in seen
    ]


def _observe_in(session: AccountSession, arn: KeyArn) -> Seen:
    region = arn.region
    try:
        return Seen(region, Sight.SEEN, facts=session.kms(region).describe_key(arn))
    except NotFound as error:
        return Seen(region, Sight.GONE, problem=str(error))
    except AccessDenied as error:
        return Seen(region, Sight.DENIED, problem=str(error))
    except KmsError as error:
        return Seen(region, Sight.UNREACHABLE, problem=str(error), transient=isinstance(error, TRANSIENT))


def _digest(session: AccountSession, facts: RegionKeyFacts) -> str:
    try:
        return policy_digest(session.kms(facts.region).get_key_policy(facts.arn))
    except KmsError as error:
        return f"unreadable: {error.code}"
