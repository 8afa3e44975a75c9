"""Roles and groups: what decides is proposed, the rest is given; everything is taken away by one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.assign import give_role, take_out_of_group, take_role
from keyconsole.people.disable import disable
from keyconsole.people.groups import is_in_group, join
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.test_invitations import refused

pytestmark = pytest.mark.django_db
WHY = "Joins the team."


@pytest.fixture
def eve(cast):
    return make_person("eve", Role.ADMINISTRATOR)


def give(cast, role, account=None, *, to=None, by=None, ends_at=None, why=WHY):
    return give_role(to or cast.dan, role, account, ends_at=ends_at, why=why, by=by or cast.ada, now=NOW)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REQUESTER, Role.AUDITOR])
def test_what_does_not_decide_is_given_at_once_with_its_reason(cast, eve, role):
    assert give(cast, role, cast.payments) is None
    entry = Entry.objects.get(event="role.granted", subject="dan")
    assert (entry.actor, entry.data["why"]) == ("ada", WHY)
    refused(Code.NOTHING_NEW, give, cast, role, cast.payments)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
def test_what_decides_is_proposed(cast, eve, role):
    assert give(cast, role, cast.payments).says.startswith(f"give dan the role {role}")
    assert not RoleGrant.objects.filter(person=cast.dan).exists()


def test_an_end_is_kept_and_one_in_the_past_is_refused(cast):
    give(cast, Role.VIEWER, ends_at=NOW + timedelta(days=3))
    assert RoleGrant.objects.get(person=cast.dan).ends_at == NOW + timedelta(days=3)
    refused(Code.TIME_PASSED, give, cast, Role.AUDITOR, ends_at=NOW)


def test_nobody_changes_their_own(cast, eve):
    refused(Code.OWN_ACCOUNT, give, cast, Role.VIEWER, to=cast.ada)
    refused(Code.OWN_ACCOUNT, take_role, cast.ada, Role.ADMINISTRATOR, None, why=WHY, by=cast.ada, now=NOW)
    join(cast.ada, "security", by="eve", now=NOW)
    refused(Code.OWN_ACCOUNT, take_out_of_group, cast.ada, "security", why=WHY, by=cast.ada, now=NOW)


def test_an_administrator_of_one_account_acts_there_alone(cast, eve):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    assert give(cast, Role.VIEWER, cast.payments, by=finn) is None
    for account in (cast.research, None):
        refused(Code.MAY_NOT_MANAGE, give, cast, Role.VIEWER, account, by=finn)
        refused(Code.MAY_NOT_MANAGE, take_role, cast.ben, Role.APPROVER, account, why=WHY, by=finn, now=NOW)
    take_role(cast.ben, Role.APPROVER, cast.payments, why=WHY, by=finn, now=NOW)
    assert not can(cast.ben, Permission.APPROVE, cast.payments)
    assert can(cast.ben, Permission.APPROVE, cast.research)


def test_of_two_who_take_the_role_from_each_other_at_once_one_keeps_it(cast, eve, monkeypatch):
    take_role(eve, Role.ADMINISTRATOR, None, why=WHY, by=cast.ada, now=NOW)
    monkeypatch.setattr("keyconsole.people.assign.refuse_unless_administrator", lambda *_, **__: None)
    refused(Code.LAST_ADMINISTRATOR, take_role, cast.ada, Role.ADMINISTRATOR, None, why=WHY, by=eve, now=NOW)


def test_what_single_sign_on_gives_is_not_taken_by_hand(cast, eve):
    grant(cast.dan, Role.VIEWER, None, by="sso", now=NOW, sso_group="staff")
    refused(Code.GIVEN_BY_SSO, take_role, cast.dan, Role.VIEWER, None, why=WHY, by=cast.ada, now=NOW)
    join(cast.dan, "security", by="sso", now=NOW, sso_group="sec")
    refused(Code.GIVEN_BY_SSO, take_out_of_group, cast.dan, "security", why=WHY, by=cast.ada, now=NOW)
    assert is_in_group(cast.dan, "security")


def test_what_is_not_held_cannot_be_taken(cast):
    refused(Code.NOTHING_NEW, take_role, cast.dan, Role.VIEWER, None, why=WHY, by=cast.ada, now=NOW)
    refused(Code.NOTHING_NEW, take_out_of_group, cast.dan, "security", why=WHY, by=cast.ada, now=NOW)


def test_a_disabled_person_gets_nothing(cast, eve):
    disable(cast.dan, why="Left.", by=cast.ada, now=NOW)
    refused(Code.PERSON_DISABLED, give, cast, Role.VIEWER)


def test_leaving_a_group_takes_effect_at_once(cast):
    join(cast.ben, "security", by="ada", now=NOW)
    take_out_of_group(cast.ben, "security", why=WHY, by=cast.ada, now=NOW)
    assert not is_in_group(cast.ben, "security")
    assert Entry.objects.get(event="group.left").data == {"group": "security", "why": WHY}
