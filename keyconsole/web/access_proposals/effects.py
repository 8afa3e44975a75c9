"""What a proposal would change: a person's permissions by account, or their groups. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from keyconsole.aws_accounts.models import AwsAccount, RoleGrant, RoleGrantQuerySet
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role
from keyconsole.people.dual_control.kind import Facts, person_in
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.groups import group_names_of
from keyconsole.people.models import AccessProposal

EVERYWHERE = "All accounts"


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def differences_of(proposal: AccessProposal) -> Sequence[Difference]:
    """Empty where the sentence of what it does says all."""
    person = User.objects.filter(username=person_in(proposal.facts)).first()
    described = _BY_KIND.get(proposal.kind)
    return described(person, proposal.facts) if person and described else ()


def of_joining(person: User, group: str) -> Difference:
    before = set(group_names_of(person))
    return Difference(
        f"Groups of {person.username}", _texts(sorted(before)), _texts(sorted({*before, group}))
    )


def _by_place(person: User, facts: Facts) -> Sequence[Difference]:
    """In the account that it is about; where it is about all, also in each in which more is held already."""
    role, number = Role(facts["role"]), facts["account_id"]
    held = RoleGrant.objects.in_force().filter(person=person)
    if number:
        places = AwsAccount.objects.filter(account_id=number)
        return [_in(account, held.filter(Q(account=account) | Q(account=None)), role) for account in places]
    everywhere = Difference(EVERYWHERE, *_before_and_after(held.filter(account=None), role))
    own = AwsAccount.objects.filter(role_grants__in=held).distinct()
    return [everywhere, *(_in(each, held.filter(Q(account=each) | Q(account=None)), role) for each in own)]


def _in(account: AwsAccount, held: RoleGrantQuerySet, role: Role) -> Difference:
    return Difference(str(account), *_before_and_after(held, role))


def _before_and_after(held: RoleGrantQuerySet, role: Role) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before = {permission for grant in held for permission in ALLOWS[Role(grant.role)]}
    return _permissions(before), _permissions(before | ALLOWS[role])


def _permissions(held: set[Permission]) -> tuple[str, ...]:
    return _texts([permission.value for permission in Permission if permission in held])


def _texts(names: Sequence[str]) -> tuple[str, ...]:
    return (", ".join(names) or "nothing",)


_BY_KIND: dict[str, Callable[[User, Facts], Sequence[Difference]]] = {
    grant_role.NAME: _by_place,
    join_group.NAME: lambda person, facts: [of_joining(person, facts["group"])],
}
