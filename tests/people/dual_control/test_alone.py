"""One administrator alone does what gives power only until there is a second one, ever, in whatever way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import end_grants_that_are_over, grant, revoke
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.dual_control.propose import propose
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.dual_control.proposals import WHY, proposed, refused


def disabled(cast, eve):
    grant(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    eve.is_active = False
    eve.save()


def taken_from(cast, eve):
    grant(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    revoke(eve, Role.ADMINISTRATOR, None, by="ada", now=NOW)


def ended(cast, eve):
    grant(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW, ends_at=NOW + timedelta(hours=1))
    end_grants_that_are_over(now=NOW + timedelta(hours=2))


def of_one_account(cast, eve):
    grant(eve, Role.ADMINISTRATOR, cast.research, by="ops", now=NOW)


def taken_from_one_account(cast, eve):
    grant(eve, Role.ADMINISTRATOR, cast.payments, by="ops", now=NOW)
    revoke(eve, Role.ADMINISTRATOR, cast.payments, by="ada", now=NOW)


def by_single_sign_on(cast, eve):
    grant(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW, sso_group="admins")
    revoke(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW, sso_group="admins")


@pytest.mark.parametrize(
    "second",
    [disabled, taken_from, ended, of_one_account, taken_from_one_account, by_single_sign_on],
    ids=lambda each: each.__name__,
)
def test_a_second_administrator_who_was_there_once_ends_acting_alone(cast, facts, second):
    second(cast, make_person("eve"))
    said = refused(Code.NOBODY_COULD_APPROVE, proposed, cast, facts)
    assert "the server's terminal" in said
    group = join_group.facts_of(cast.dan, "security")
    refused(Code.NOBODY_COULD_APPROVE, propose, join_group.NAME, group, by=cast.ada, why=WHY, now=NOW)
    assert not Entry.objects.filter(event__startswith="access.").exists()


def test_another_name_of_the_same_person_is_taken_for_a_second(cast, facts):
    """The record knows names: what cannot be told apart is not done alone."""
    revoke(cast.ada, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    grant(cast.ada, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    cast.ada.username = "ada.lovelace"
    cast.ada.save()
    refused(Code.NOBODY_COULD_APPROVE, proposed, cast, facts)


def test_alone_nobody_gives_anything_to_themselves_either(cast):
    own = grant_role.facts_of(cast.ada, Role.APPROVER, None, ends_at=None)
    refused(Code.OWN_GAIN, propose, grant_role.NAME, own, by=cast.ada, why=WHY, now=NOW)


def test_what_one_did_alone_says_so_in_the_record(cast, facts):
    cast.ada.email, cast.dan.email = "ada@example.org", "dan@example.org"
    cast.ada.save()
    cast.dan.save()
    proposed(cast, facts)
    applied = Entry.objects.get(event="access.applied")
    assert (applied.actor, applied.data["agreed_by"]) == ("ada", "nobody: there is no second")
    assert Entry.objects.get(event="role.granted").actor == "ada"
    assert Delivery.objects.filter(topic="access.decided", person=cast.dan).count() == 1


def test_an_administrator_of_one_account_is_never_alone(cast, facts):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    cast.ada.is_active = False
    cast.ada.save()
    refused(Code.NOBODY_COULD_APPROVE, propose, grant_role.NAME, facts, by=finn, why=WHY, now=NOW)
