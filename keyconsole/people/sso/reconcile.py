"""Makes roles and memberships that come from single sign-on match its groups and the mappings.

What somebody gave by hand is never touched. The same few statements, for one person or for ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Model, QuerySet

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts import grants
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.people import groups
from keyconsole.people.models import Membership, SsoGroup, SsoMapping

BY = "single sign-on"
_AT_ONCE = 500


class Held(NamedTuple):
    """One person holds one thing because of one group: a role (in an account, or in all) or a group."""

    person_id: int
    sso_group: str
    role: str
    account_id: int | None
    group_id: int | None


class Scope(NamedTuple):
    """Whose, or of which group: of everybody and every group where neither is named."""

    person_id: int | None = None
    sso_group: str | None = None


class Difference(NamedTuple):
    gained: int
    lost: int


def reconcile(scope: Scope, *, by: str, now: datetime) -> Difference:
    """`by`: who is the actor of its events: single sign-on itself, or who changed a mapping."""
    with transaction.atomic():
        # Or a person whose groups are read while a mapping is removed would keep what it gave.
        hold(Lock.ACCESS)
        roles, memberships = _roles(scope), _memberships(scope)
        held = {**roles, **memberships}
        wanted, active = _wanted(scope)
        gained = sorted((each for each in wanted if each.person_id in active and each not in held), key=str)
        lost = sorted((each for each in held if each not in wanted), key=str)
        if gained or lost:
            _take([each for each in lost if each.role], roles, RoleGrant.objects.all())
            _take([each for each in lost if not each.role], memberships, Membership.objects.all())
            _give(gained, by=by, now=now)
            log.record_all(_events(gained, lost, by=by), now=now)
    return Difference(len(gained), len(lost))


def _wanted(scope: Scope) -> tuple[set[Held], set[int]]:
    """What the mappings give to people by their groups; and who of them may be given anything."""
    mappings: dict[str, list[SsoMapping]] = {}
    for each in SsoMapping.objects.filter(**({"sso_group": scope.sso_group} if scope.sso_group else {})):
        mappings.setdefault(each.sso_group, []).append(each)
    people = SsoGroup.objects.filter(name__in=mappings)
    if scope.person_id is not None:
        people = people.filter(identity__person=scope.person_id)
    wanted, active = set(), set()
    fields = ("identity__person_id", "identity__person__is_active", "name")
    for person_id, is_active, name in people.values_list(*fields).iterator():
        if is_active:
            active.add(person_id)
        for each in mappings[name]:
            wanted.add(Held(person_id, name, each.role, each.account_id, each.group_id))
    return wanted, active


def _roles(scope: Scope) -> dict[Held, int]:
    rows = _in_scope(RoleGrant.objects.exclude(sso_group=""), scope)
    found = rows.values_list("pk", "person_id", "sso_group", "role", "account_id")
    return {Held(person, name, role, account, None): pk for pk, person, name, role, account in found}


def _memberships(scope: Scope) -> dict[Held, int]:
    rows = _in_scope(Membership.objects.exclude(sso_group=""), scope)
    found = rows.values_list("pk", "person_id", "sso_group", "group_id")
    return {Held(person, name, "", None, group): pk for pk, person, name, group in found}


def _in_scope(rows: QuerySet[RoleGrant] | QuerySet[Membership], scope: Scope) -> QuerySet[Model]:
    if scope.person_id is not None:
        rows = rows.filter(person=scope.person_id)
    if scope.sso_group is not None:
        rows = rows.filter(sso_group=scope.sso_group)
    return rows


def _take(lost: list[Held], held: dict[Held, int], rows: QuerySet[RoleGrant] | QuerySet[Membership]) -> None:
    for some in _portions(lost):
        rows.filter(pk__in=[held[each] for each in some]).delete()


def _give(gained: list[Held], *, by: str, now: datetime) -> None:
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(
                person_id=each.person_id,
                role=each.role,
                account_id=each.account_id,
                sso_group=each.sso_group,
                granted_by=by[:150],
                granted_at=now,
            )
            for each in gained
            if each.role
        ],
        batch_size=_AT_ONCE,
    )
    Membership.objects.bulk_create(
        [
            Membership(
                person_id=each.person_id,
                group_id=each.group_id,
                sso_group=each.sso_group,
                joined_by=by[:150],
                joined_at=now,
            )
            for each in gained
            if each.group_id is not None
        ],
        batch_size=_AT_ONCE,
    )


def _events(gained: list[Held], lost: list[Held], *, by: str) -> Iterator[log.Happened]:
    people: dict[int, User] = {}
    for some in _portions([*gained, *lost]):
        people |= User.objects.only("pk", "username").in_bulk({each.person_id for each in some})
    accounts = AwsAccount.objects.in_bulk({each.account_id for each in [*gained, *lost] if each.account_id})
    names = dict(Group.objects.values_list("pk", "name"))
    for is_gain, some in ((False, lost), (True, gained)):
        for each in some:
            person = people[each.person_id]
            if each.role:
                row = RoleGrant(
                    person=person,
                    role=each.role,
                    account=accounts[each.account_id] if each.account_id else None,
                    sso_group=each.sso_group,
                )
                yield grants.told(Event.ROLE_GRANTED if is_gain else Event.ROLE_REVOKED, row, by=by)
            elif each.group_id is not None:
                event = Event.GROUP_JOINED if is_gain else Event.GROUP_LEFT
                yield groups.told(event, person.username, names[each.group_id], each.sso_group, by=by)


def _portions(some: Iterable[Held]) -> Iterator[list[Held]]:
    """SQLite takes so many values in one statement, and no more."""
    whole = list(some)
    for start in range(0, len(whole), _AT_ONCE):
        yield whole[start : start + _AT_ONCE]
