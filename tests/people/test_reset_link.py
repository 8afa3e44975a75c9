"""A new password by a link: made by another, told, and never a way past a second factor."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from keyconsole.people.disable import disable
from keyconsole.people.models import OneTimeLink
from keyconsole.people.reset_link import make_reset_link, reset_password, withdraw_reset_link
from keyconsole.refusal_codes import Code
from tests.cast import NOW, PASSWORD, make_person
from tests.people.test_invitations import STRONG, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everybody_can_be_written_to(cast, settings):
    """The link of who decides over others is sent, or not made."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ana, cast.ben, cast.bea):
        person.email = f"{person.username}@example.org"
        person.save()


def test_the_link_of_a_person_with_power_is_made_only_where_mail_reaches_them(cast, settings):
    assert make_reset_link(cast.ben, by=cast.ada, now=NOW).link.sent_only
    cast.bea.email = ""
    refused(Code.LINK_NOT_SENT, make_reset_link, cast.bea, by=cast.ada, now=NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    refused(Code.LINK_NOT_SENT, make_reset_link, cast.ben, by=cast.ada, now=NOW)
    assert not make_reset_link(cast.ana, by=cast.ada, now=NOW).link.sent_only


def test_the_old_password_holds_until_it_is_used_and_then_sessions_end(cast, as_ben, inventory):
    now = timezone.now()
    secret = make_reset_link(cast.ben, by=cast.ada, now=now)
    assert as_ben.get("/keys/").status_code == 200
    assert cast.ben.check_password(PASSWORD)
    reset_password(secret.link, password=STRONG, now=now)
    assert as_ben.get("/keys/").status_code == 302
    cast.ben.refresh_from_db()
    assert cast.ben.check_password(STRONG)
    entry = Entry.objects.get(event="person.password_changed")
    assert entry.data == {"sessions_ended": 1, "how": "by a link", "link_made_by": "ada"}


def test_second_factors_stay(cast):
    Authenticator.objects.create(user=cast.ben, type=Authenticator.Type.TOTP, data={})
    secret = make_reset_link(cast.ben, by=cast.ada, now=NOW)
    reset_password(secret.link, password=STRONG, now=NOW)
    assert Authenticator.objects.filter(user=cast.ben).count() == 1


def test_nobody_makes_one_for_themselves_or_for_who_cannot_sign_in(cast):
    refused(Code.OWN_ACCOUNT, make_reset_link, cast.ada, by=cast.ada, now=NOW)
    disable(cast.ben, why="Left.", by=cast.ada, now=NOW)
    refused(Code.PERSON_DISABLED, make_reset_link, cast.ben, by=cast.ada, now=NOW)
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    refused(Code.MAY_NOT_MANAGE, make_reset_link, cast.bea, by=finn, now=NOW)


def test_who_was_disabled_meanwhile_cannot_use_it(cast):
    secret = make_reset_link(cast.ben, by=cast.ada, now=NOW)
    disable(cast.ben, why="Left.", by=cast.ada, now=NOW)
    refused(Code.LINK_OVER, reset_password, OneTimeLink.objects.get(), password=STRONG, now=NOW)
    secret.link.refresh_from_db()
    assert secret.link.withdrawn_by == "ada"


def test_the_person_is_told_and_of_an_administrators_link_all_administrators(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    eve = make_person("eve", Role.ADMINISTRATOR)
    make_person("gus", Role.ADMINISTRATOR)
    for person in (cast.ben, eve):
        person.email = f"{person.username}@example.org"
        person.save()
    type(eve).objects.filter(username="gus").update(email="gus@example.org")
    make_reset_link(cast.ben, by=cast.ada, now=NOW)
    assert set(Delivery.objects.values_list("person__username", flat=True)) == {"ben"}
    Delivery.objects.all().delete()
    secret = make_reset_link(eve, by=cast.ada, now=NOW)
    told = Delivery.objects.values_list("person__username", "topic")
    assert set(told) == {("eve", "person.changed"), ("gus", "person.changed")}
    assert not any(secret.text in each.body for each in Delivery.objects.all())


def test_its_person_may_end_it(cast):
    make_reset_link(cast.ben, by=cast.ada, now=NOW)
    withdraw_reset_link(cast.ben, by=cast.ben, now=NOW)
    refused(Code.LINK_OVER, reset_password, OneTimeLink.objects.get(), password=STRONG, now=NOW)
    refused(Code.MAY_NOT_MANAGE, withdraw_reset_link, cast.bea, by=cast.ben, now=NOW)
