"""Inviting: one use, by its hash, for a while; nobody can sign in before it is accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.disable import disable
from keyconsole.people.drawn_secret import hash_of
from keyconsole.people.enable import enable
from keyconsole.people.invitations import accept, invite, invite_again, is_invited, withdraw_invitation
from keyconsole.people.models import OneTimeLink
from keyconsole.people.one_time_link import link_with, why_over
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Refused
from tests.cast import NOW, make_person

pytestmark = pytest.mark.django_db
STRONG = "purple meadow runs quietly"


def refused(code, act, *args, **named):
    with pytest.raises(Refused) as no:
        act(*args, **named)
    assert code in {reason.code for reason in no.value.reasons}, no.value


@pytest.fixture
def secret(cast):
    return invite("eve", email="eve@example.org", by=cast.ada, now=NOW)


def test_only_its_hash_is_kept(secret):
    link = OneTimeLink.objects.get()
    assert link.sha256 == hash_of(secret.text)
    assert secret.text not in str(OneTimeLink.objects.values())
    assert not any(secret.text in str(entry.data) for entry in Entry.objects.all())


def test_who_is_invited_cannot_sign_in_until_they_choose_a_password(secret):
    assert is_invited(secret.link.person)
    assert not secret.link.person.is_active
    person = accept(secret.link, password=STRONG, now=NOW)
    assert person.is_active
    assert person.check_password(STRONG)
    assert not is_invited(person)
    assert [e.event for e in Entry.objects.filter(subject="eve")] == [
        "person.added",
        "person.invited",
        "person.invitation_accepted",
    ]


def test_it_is_used_once(secret):
    accept(secret.link, password=STRONG, now=NOW)
    refused(Code.LINK_OVER, accept, secret.link, password=STRONG, now=NOW)
    stale_copy = OneTimeLink.objects.get()
    stale_copy.used_at = None  # as another tab read it a moment before
    refused(Code.LINK_OVER, accept, stale_copy, password=STRONG + "!", now=NOW)
    assert stale_copy.person.check_password(STRONG)


def test_it_expires(secret):
    at = NOW + timedelta(hours=72)
    refused(Code.LINK_OVER, accept, secret.link, password=STRONG, now=at)
    assert "expired" in why_over(secret.link, now=at)


def test_it_can_be_taken_back_and_made_anew(cast, secret):
    withdraw_invitation(secret.link.person, by=cast.ada, now=NOW)
    old = link_with(hash_of(secret.text))
    refused(Code.LINK_OVER, accept, old, password=STRONG, now=NOW)
    refused(Code.NOTHING_NEW, withdraw_invitation, secret.link.person, by=cast.ada, now=NOW)
    another = invite_again(secret.link.person, by=cast.ada, now=NOW)
    assert accept(another.link, password=STRONG, now=NOW).is_active


def test_another_link_closes_the_one_before(cast, secret):
    invite_again(secret.link.person, by=cast.ada, now=NOW)
    refused(Code.LINK_OVER, accept, link_with(hash_of(secret.text)), password=STRONG, now=NOW)


def test_a_weak_password_uses_nothing_up(secret):
    with pytest.raises(Invalid):
        accept(secret.link, password="eve", now=NOW)
    assert OneTimeLink.objects.get().used_at is None


def test_a_first_role_holds_from_then_on_and_one_that_decides_is_not_given(cast):
    secret = invite("eve", email="", role=Role.VIEWER, account=cast.payments, by=cast.ada, now=NOW)
    assert not can(secret.link.person, Permission.VIEW, cast.payments)
    person = accept(secret.link, password=STRONG, now=NOW)
    assert can(person, Permission.VIEW, cast.payments)
    with pytest.raises(Invalid):
        invite("finn", email="", role=Role.APPROVER, by=cast.ada, now=NOW)


@pytest.mark.parametrize("name", ["ana", "ANA", "", "a b", "a/b", "x" * 200])
def test_a_name_that_cannot_be_given_is_refused(cast, name):
    with pytest.raises(Invalid):
        invite(name, email="", by=cast.ada, now=NOW)


def test_only_administrators_of_every_account_invite(cast):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    for by in (finn, cast.ben, cast.cleo):
        refused(Code.MAY_NOT_MANAGE, invite, "eve", email="", by=by, now=NOW)


def test_who_was_invited_and_never_came_is_neither_disabled_nor_enabled(cast, secret):
    person = secret.link.person
    refused(Code.STILL_INVITED, disable, person, why="Left.", by=cast.ada, now=NOW)
    refused(Code.STILL_INVITED, enable, person, why="Back.", by=cast.ada, now=NOW)
