"""Looks at a key in its Regions, all at the same time. Outside of any transaction; writes nothing.

The Regions of a plan never wait for another, and none of them for longer than the step has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from keyconsole.aws_accounts.connect import enter
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.execution.time_limit import each_within
from keyconsole.changes.kinds.parts import GONE, Plan, PlannedRegion
from keyconsole.changes.plan.selection import asks_for, region_of
from keyconsole.inventory.models import MultiRegionKey, Sight
from keyconsole.kms.errors import AccessDenied, KmsError, NotFound, Unreachable
from keyconsole.kms.facts import KeyArn, RegionKeyFacts
from keyconsole.kms.policies import policy_digest
from keyconsole.kms.sessions import AccountSession

ENTER_SECONDS = 15.0
OBSERVE_SECONDS = 25.0
GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Seen:
    """One Region at one moment. Without `facts`, `problem` says why nothing could be seen."""

    region: str
    sight: Sight
    facts: RegionKeyFacts | None = None
    problem: str = ""
    policy_sha256: str = ""
    policy_problem: str = ""  # why the policy that the plan was made with could not be read
    tags: Mapping[str, str] | None = None  # None: the plan does not ask for them, as for the aliases
    aliases: tuple[str, ...] | None = None
    labels_problem: str = ""  # why those that the plan asks for could not be read

    @property
    def unknown(self) -> str:
        """Why this Region does not tell whether the plan still holds; empty where it does. Gone is known."""
        return "" if self.sight == Sight.GONE else self.problem or self.policy_problem or self.labels_problem

    @property
    def role(self) -> str:
        return self.facts.role.value if self.facts else ""

    @property
    def state(self) -> str:
        return self.facts.state.value if self.facts else ""

    @property
    def names_primary(self) -> str:
        return self.facts.primary.region if self.facts else ""

    def for_plan(self) -> PlannedRegion:
        return {
            "region": self.region,
            "role": self.role,
            "state": GONE if self.sight == Sight.GONE else self.state,
            "policy_sha256": self.policy_sha256,
        }


def enter_for(account: AwsAccount, *, name: str) -> AccountSession:
    """Enter an account; the caller closes it. `name` stands in CloudTrail and joins its record to ours.

    Raises Unreachable where STS has not let us in after ENTER_SECONDS.
    """
    [session] = each_within(ENTER_SECONDS, [partial(enter, account, session_name=f"keyconsole-{name}")])
    if session is None:
        raise Unreachable(
            operation="GetCallerIdentity",
            message=f"Account {account.account_id} could not be entered within {ENTER_SECONDS:.0f} seconds.",
        )
    return session


def known_regions_of(key: MultiRegionKey, *, first: Iterable[str] = ()) -> list[str]:
    """The Regions asked for, then every other that the set was last known to have."""
    others = key.region_keys.exclude(sight=Sight.GONE).values_list("region", flat=True)
    return list(dict.fromkeys([*first, *sorted(others)]))


def observe(
    key: MultiRegionKey,
    session: AccountSession,
    *,
    regions: Iterable[str],
    plan: Plan | None = None,
    needed: int | None = None,
) -> list[Seen]:
    """One answer a Region, in their order; with what else a plan was made with: policies, tags, aliases.

    `needed`: how many of the first Regions decide; the others are not waited for.
    """
    arns = [KeyArn.parse(key.arn_in(region)) for region in regions]
    works = [partial(_observe_in, session, arn, plan=plan) for arn in arns]
    answers = each_within(OBSERVE_SECONDS, works, needed=needed, grace=GRACE_SECONDS)
    return [answer or _no_answer(arn.region) for arn, answer in zip(arns, answers, strict=True)]


def not_entered(regions: Iterable[str], error: KmsError) -> list[Seen]:
    """What a look gives where the account itself could not be entered: it says nothing about any Region."""
    return [Seen(region, Sight.UNLOOKED, problem=str(error)) for region in regions]


def _no_answer(region: str) -> Seen:
    problem = f"No answer from {region} within {OBSERVE_SECONDS:.0f} seconds."
    return Seen(region, Sight.UNREACHABLE, problem=problem)


def _observe_in(session: AccountSession, arn: KeyArn, *, plan: Plan | None) -> Seen:
    region = arn.region
    try:
        seen = Seen(region, Sight.SEEN, facts=session.kms(region).describe_key(arn))
    except NotFound as error:
        return Seen(region, Sight.GONE, problem=str(error))
    except AccessDenied as error:
        return Seen(region, Sight.DENIED, problem=str(error))
    except KmsError as error:
        return Seen(region, Sight.UNREACHABLE, problem=str(error))
    if plan and any(planned["policy_sha256"] for planned in plan["regions"] if planned["region"] == region):
        seen = _with_policy(seen, session, arn)
    return _with_labels(seen, session, arn, plan=plan) if plan and region == region_of(plan) else seen


def _with_policy(seen: Seen, session: AccountSession, arn: KeyArn) -> Seen:
    try:
        return replace(seen, policy_sha256=policy_digest(session.kms(arn.region).get_key_policy(arn)))
    except KmsError as error:
        return replace(seen, policy_problem=str(error))


def _with_labels(seen: Seen, session: AccountSession, arn: KeyArn, *, plan: Plan) -> Seen:
    kms = session.kms(arn.region)
    try:
        tags = kms.list_resource_tags(arn) if asks_for(plan, "tags") else None
        aliases = kms.aliases_of(arn) if asks_for(plan, "aliases") else None
    except KmsError as error:
        return replace(seen, labels_problem=str(error))
    return replace(seen, tags=tags, aliases=aliases)
