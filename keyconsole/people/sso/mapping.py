"""Which group of single sign-on gives what; and who would gain or lose by a mapping, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from keyconsole.advisory_lock import Lock, hold
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.audit.log import record
from keyconsole.aws_accounts.models import SSO_GROUP_AT_MOST, AwsAccount, RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.groups import clean_group_name
from keyconsole.people.models import Membership, SsoGroup, SsoMapping
from keyconsole.people.sso.reconcile import Difference, Scope, reconcile
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a group of single sign-on to give: a role, or a group of approvers by its name."""

    sso_group: str
    role: str = ""
    account: AwsAccount | None = None
    group: str = ""

    @property
    def gives(self) -> str:
        if self.group:
            return f"the group of approvers {self.group}"
        return f"the role {self.role} in {self.account or 'all accounts'}"

    @property
    def says(self) -> str:
        return f"let the group {self.sso_group} of single sign-on give {self.gives}"

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "sso_group": self.sso_group,
            "role": self.role,
            "account_id": self.account.account_id if self.account else "",
            "group": self.group,
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """By their names, sorted: whose power changes, and who has the same in another way as well."""

    changes: tuple[str, ...]
    same_otherwise: tuple[str, ...]


def wanted(sso_group: str, *, role: str = "", account: AwsAccount | None = None, group: str = "") -> Wanted:
    """Raises Refused for what cannot be mapped."""
    sso_group = sso_group.strip()
    if not sso_group or len(sso_group) > SSO_GROUP_AT_MOST or not sso_group.isprintable():
        sentence = f"A group of single sign-on has a name of 1 to {SSO_GROUP_AT_MOST} characters."
        raise Refused(Reason(Code.SSO_GROUP_INVALID, sentence))
    if bool(role) == bool(group) or (group and account) or (role and role not in set(Role)):
        sentence = "A group of single sign-on gives either a role or a group of approvers."
        raise Refused(Reason(Code.SSO_MAPPING_INVALID, sentence))
    return Wanted(sso_group, role, account, clean_group_name(group) if group else "")


def as_wanted(mapping: SsoMapping) -> Wanted:
    name = mapping.group.name if mapping.group else ""
    return Wanted(mapping.sso_group, mapping.role, mapping.account, name)


def mappings() -> QuerySet[SsoMapping]:
    return SsoMapping.objects.select_related("account", "group")


def mapping_of(asked: Wanted) -> SsoMapping | None:
    found = mappings().filter(sso_group=asked.sso_group, role=asked.role, account=asked.account)
    return found.filter(group__name=asked.group).first() if asked.group else found.first()


def known_groups() -> list[tuple[str, int]]:
    """Every group that single sign-on has named, with how many people it was named of."""
    found = SsoGroup.objects.values("name").annotate(people=Count("pk")).order_by("name")
    return list(found.values_list("name", "people"))


def would_gain(asked: Wanted) -> Preview:
    """Of those who are in the group now; whoever joins it there later gains it then."""
    people = User.objects.filter(
        is_active=True,
        pk__in=SsoGroup.objects.filter(name=asked.sso_group).values("identity__person"),
    )
    return _split(people, asked)


def would_lose(mapping: SsoMapping) -> Preview:
    asked = as_wanted(mapping)
    if mapping.group:
        held = Membership.objects.filter(group=mapping.group, sso_group=mapping.sso_group)
        return _split(User.objects.filter(pk__in=held.values("person")), asked)
    role = {"role": mapping.role, "account": mapping.account}
    grants = RoleGrant.objects.filter(sso_group=mapping.sso_group, **role)
    return _split(User.objects.filter(pk__in=grants.values("person")), asked)


def add_mapping(
    asked: Wanted, *, by: str, now: datetime, facts: Mapping[str, Any] | None = None
) -> Difference:
    """In one transaction with what it gives. Raises Refused where it is there already."""
    with transaction.atomic():
        hold(Lock.ACCESS)
        group = Group.objects.get_or_create(name=asked.group)[0] if asked.group else None
        if mapping_of(asked) is not None:
            raise Refused(Reason(Code.NOTHING_NEW, f"This holds already: {asked.says}."))
        SsoMapping.objects.create(
            sso_group=asked.sso_group,
            role=asked.role,
            account=asked.account,
            group=group,
            added_by=by,
            added_at=now,
        )
        _record(Event.SSO_MAPPED, asked, by=by, now=now, more=facts or {})
        return reconcile(Scope(sso_group=asked.sso_group), by=by[:150], now=now)


def remove_mapping(
    mapping: SsoMapping, *, by: str, now: datetime, via: str = "page", proof: GivenProof | None = None
) -> Difference:
    """Takes power away and gives none, so one person may. Raises Refused where it is gone already."""
    asked = as_wanted(mapping)
    refuse_stale(proof)
    with transaction.atomic():
        hold(Lock.ACCESS)
        if not SsoMapping.objects.filter(pk=mapping.pk).delete()[0]:
            raise Refused(Reason(Code.LOST_RACE, "Somebody else removed this mapping first."))
        _record(Event.SSO_UNMAPPED, asked, by=by, now=now, more={"via": via})
        return reconcile(Scope(sso_group=asked.sso_group), by=by, now=now)


def _split(people: QuerySet[User], asked: Wanted) -> Preview:
    """Who has it in another way, without an end, neither gains nor loses by this one."""
    has = Exists(_otherwise_in_group(asked) if asked.group else _otherwise_in_role(asked))
    rows = list(people.annotate(has=has).order_by("username").values_list("username", "has"))
    return Preview(
        tuple(name for name, has_it in rows if not has_it), tuple(name for name, has_it in rows if has_it)
    )


def _otherwise_in_group(asked: Wanted) -> QuerySet[Membership]:
    others = Membership.objects.filter(person=OuterRef("pk"), group__name=asked.group)
    return others.exclude(sso_group=asked.sso_group)


def _otherwise_in_role(asked: Wanted) -> QuerySet[RoleGrant]:
    where = Q(account=None) | Q(account=asked.account)
    held = RoleGrant.objects.filter(where, person=OuterRef("pk"), role=asked.role, ends_at=None)
    return held.exclude(sso_group=asked.sso_group, account=asked.account)


def _record(event: Event, asked: Wanted, *, by: str, now: datetime, more: Mapping[str, Any]) -> None:
    facts = asked.facts
    data = {"says": asked.says, "role": asked.role, "group": asked.group, **more}
    account_id = str(facts["account_id"])
    record(event, actor=by, subject=asked.sso_group, account_id=account_id, now=now, data=data)
