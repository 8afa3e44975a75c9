"""Which policies, accounts and groups there are for a person: those beyond their accounts do not exist.

A policy is there for whoever may see an account with keys that it governs or could govern, or in which others
are asked to agree to it. It then is there whole: people agree to its document by a hash over all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.groups import group_names_of
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.effects import Effect
from keyconsole.policies.versions.feasibility import covered_accounts, misfits, numbers_of
from keyconsole.policies.versions.health import unsatisfiable
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused

# A version that says nothing ends the policy; it is there with the others.
_STANDING = (VersionState.ACTIVE, VersionState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Horizon:
    """What one person sees, read once for many questions. `everywhere`: nothing is hidden from them."""

    person: User
    accounts: Sequence[AwsAccount]
    everywhere: bool
    own_groups: frozenset[str]

    def holds_account(self, account: AwsAccount | None) -> bool:
        """None stands for every account at once."""
        return account is None or self.everywhere or account in self.accounts

    def holds_rules(self, rules: Rules) -> bool:
        return self.everywhere or bool(covered_accounts(rules.applies_to, self.accounts))

    def holds_version(self, version: PolicyVersion) -> bool:
        if self.everywhere or version.proposer_id == self.person.pk or self._is_asked_about(version):
            return True
        rules = version.rules
        return rules is not None and self.holds_rules(rules)

    def holds_policy(self, versions: Sequence[PolicyVersion]) -> bool:
        """By what stands; by what once held or was proposed only where nothing stands any more."""
        saying = [version for version in versions if not version.retires]
        standing = [version for version in saying if version.state in _STANDING]
        return self.everywhere or any(map(self.holds_version, standing or saying))

    def groups(self, there: set[str]) -> set[str]:
        """Of the groups that there are: their own, and those that the policies name which they see."""
        if self.everywhere:
            return there
        versions = PolicyVersion.objects.filter(state__in=_STANDING).exclude(document={})
        named = [each.rules for each in versions if self.holds_version(each)]
        return there & (self.own_groups | {group for rules in named if rules for group in groups_of(rules)})

    def _is_asked_about(self, version: PolicyVersion) -> bool:
        asked = {facts["account_id"] for facts in version.requirements}
        waits = version.state == VersionState.PROPOSED
        return waits and any(account.account_id in asked for account in self.accounts)


def horizon_of(person: User) -> Horizon:
    everywhere = can(person, Permission.VIEW)
    accounts = AwsAccount.objects.all() if everywhere else accounts_where(person, Permission.VIEW)
    return Horizon(
        person=person,
        accounts=list(accounts),
        everywhere=everywhere,
        own_groups=frozenset(group_names_of(person)),
    )


def policy_in(horizon: Horizon, name: str) -> Policy | None:
    """None for a policy that is not there, or not for this person."""
    policy = (
        Policy.objects.filter(name=name).prefetch_related("versions").first() if name.isprintable() else None
    )
    return policy if policy and horizon.holds_policy(list(policy.versions.all())) else None


def misfits_for(horizon: Horizon, rules: Rules) -> tuple[str, ...]:
    """As far as they see: an account or a group beyond that is called unknown, in the same words as none.

    Numbers that the policy holds already are known to whoever sees it.
    """
    roster = Roster.read()
    if horizon.everywhere:
        return misfits(rules, roster=roster)
    there = horizon.groups(set(roster.groups))
    seen = replace(roster, groups={name: roster.groups[name] for name in there})
    known = numbers_of(horizon.accounts) | _named_already(horizon, rules.name)
    return misfits(rules, roster=seen, accounts=horizon.accounts, known=known)


def refuse_unfit(horizon: Horizon, rules: Rules | None) -> None:
    """Raise Refused with what this person may hear of why the policy does not fit."""
    if rules and (reasons := misfits_for(horizon, rules)):
        raise Refused(*(Reason(Code.POLICY_MISFIT, each) for each in reasons))


def flags_for(horizon: Horizon) -> list[tuple[PolicyVersion, str]]:
    """Policies that hold and can no longer be met, as far as this person sees them and their accounts."""
    if horizon.everywhere:
        return unsatisfiable()
    return [
        (version, sentence)
        for version, sentence in unsatisfiable(judging=horizon.accounts)
        if horizon.holds_version(version)
    ]


def _named_already(horizon: Horizon, name: str) -> set[str]:
    policy = policy_in(horizon, name)
    held = policy.versions.filter(state=VersionState.ACTIVE).first() if policy else None
    return set(held.rules.applies_to.accounts) if held and held.rules else set()


def effects_seen(effects: Sequence[Effect], horizon: Horizon) -> tuple[Effect, ...]:
    """Those that keys have which the person may see, with these keys."""
    if horizon.everywhere:
        return tuple(effects)
    return effects_in(effects, {account.pk for account in horizon.accounts})


def effects_in(effects: Sequence[Effect], accounts: Collection[int]) -> tuple[Effect, ...]:
    seen = [
        replace(each, keys=tuple(key for key in each.keys if key.account.pk in accounts)) for each in effects
    ]
    return tuple(each for each in seen if each.keys)


def groups_of(rules: Rules) -> set[str]:
    return ({need.group for need in rules.requirements} | {rules.emergency_group}) - {""}
