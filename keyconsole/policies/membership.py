"""Who is in which approver group and may approve in an account, as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import Group, User
from django.db.models import Q, QuerySet

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Permission, roles_that_allow
from keyconsole.policies.requirements import APPROVERS, Requirement, at_best

Members = dict[str, set[str]]


def members_for(requirements: Iterable[Requirement], account: AwsAccount | None) -> Members:
    """Usernames by group: active people who are in it and may approve in the account.

    Without an account: who may approve in all of them.
    """
    names = {need.group for need in requirements}
    able = _able(Permission.APPROVE, account)
    members: Members = {name: set() for name in names}
    if APPROVERS in names:
        members[APPROVERS] = set(able.values_list("username", flat=True))
    if groups := names - {APPROVERS}:
        for username, group in able.filter(groups__name__in=groups).values_list("username", "groups__name"):
            members[group].add(username)
    return members


def people_who_may(permission: Permission, account: AwsAccount | None) -> set[str]:
    return set(_able(permission, account).values_list("username", flat=True))


def group_problem(requirements: Iterable[Requirement]) -> str:
    """The sentence that names the groups that are not there; empty where all are."""
    names = {need.group for need in requirements} - {APPROVERS}
    missing = sorted(names - set(Group.objects.filter(name__in=names).values_list("name", flat=True)))
    return "" if not missing else f"There is no group {', '.join(repr(name[:60]) for name in missing)}."


def shortfall(requirements: Iterable[Requirement], account: AwsAccount | None) -> str:
    """Why these cannot be met in the account, whoever agrees; empty where they can for some requester."""
    needs = tuple(requirements)
    members = members_for(needs, account)
    # The requester never counts. Where some requester approves nothing, or nobody may ask yet, all can agree.
    requesters = people_who_may(Permission.REQUEST, account)
    approvers = {person for group in members.values() for person in group}
    left_out = [{each} for each in requesters] if requesters and requesters <= approvers else [set()]
    best = min((_missing(needs, members, without) for without in left_out), key=len)
    where = f"in {account.name}" if account else "in every account"
    return f"Not enough people may approve {where}: missing {', '.join(best)}." if best else ""


def _missing(
    needs: tuple[Requirement, ...], members: Mapping[str, set[str]], without: set[str]
) -> tuple[str, ...]:
    lines = at_best(needs, members=members, without=without).lines
    return tuple(
        f"{line.missing} of {line.requirement.group or 'the approvers'}" for line in lines if line.missing
    )


def _able(permission: Permission, account: AwsAccount | None) -> QuerySet[User]:
    where = Q(role_grants__account=None)
    if account is not None:
        where |= Q(role_grants__account=account)
    return User.objects.filter(
        where, is_active=True, role_grants__role__in=roles_that_allow(permission)
    ).distinct()
