"""Groups of single sign-on become roles and memberships, and cease to be; what was given by hand stays."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.groups import is_in_group, join
from keyconsole.people.models import GroupsAnswer, SsoGroup, SsoIdentity
from keyconsole.people.sso.mapping import add_mapping, mapping_of, remove_mapping, wanted
from tests.cast import NOW, Cast
from tests.sso.people import ISSUER, identify, says, says_nothing

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str, str]]:
    found = Entry.objects.exclude(event__startswith="sso.").order_by("number")
    return list(found.values_list("event", "actor", "subject"))


def mapped(cast: Cast) -> None:
    add_mapping(wanted("kms-approvers", role="approver", account=cast.payments), by="ada", now=NOW)
    add_mapping(wanted("kms-approvers", group="security"), by="ada", now=NOW)


def test_a_group_gives_its_role_and_membership_and_losing_it_takes_them(cast: Cast) -> None:
    mapped(cast)
    dan = identify(cast.dan)
    says(dan, "kms-approvers", "others")
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    assert not can(cast.dan, Permission.APPROVE, cast.research)
    assert is_in_group(cast.dan, "security")
    says(dan, "others")
    assert not can(cast.dan, Permission.APPROVE, cast.payments)
    assert not is_in_group(cast.dan, "security")
    names = ("group.joined", "role.granted", "role.revoked", "group.left")
    assert sorted(events()) == sorted((name, "single sign-on", "dan") for name in names)
    assert first_broken_entry() is None


def test_absent_takes_nothing_and_empty_takes_all(cast: Cast) -> None:
    mapped(cast)
    dan = identify(cast.dan)
    says(dan, "kms-approvers")
    says_nothing(dan, now=NOW + timedelta(hours=1))
    dan.refresh_from_db()
    assert (dan.answer, dan.groups_read_at) == (GroupsAnswer.ABSENT, NOW)
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    told = Entry.objects.filter(event="sso.groups_read").last()
    assert told is not None
    assert (told.data["answer"], told.data["left"]) == ("absent", [])
    says(dan)
    dan.refresh_from_db()
    assert dan.answer == GroupsAnswer.EMPTY
    assert not can(cast.dan, Permission.APPROVE, cast.payments)
    assert not dan.groups.exists()


def test_what_was_given_by_hand_is_never_touched(cast: Cast) -> None:
    mapped(cast)
    until = NOW + timedelta(days=3)
    grant(cast.dan, Role.APPROVER, cast.payments, by="ada", now=NOW, ends_at=until)
    join(cast.dan, "security", by="ada", now=NOW)
    dan = identify(cast.dan)
    says(dan, "kms-approvers")
    assert RoleGrant.objects.filter(person=cast.dan).count() == 2
    says(dan)
    (left,) = RoleGrant.objects.filter(person=cast.dan)
    assert (left.sso_group, left.ends_at, left.granted_by) == ("", until, "ada")
    assert is_in_group(cast.dan, "security")


def test_two_groups_that_give_the_same_give_it_until_the_last_is_lost(cast: Cast) -> None:
    for name in ("a", "b"):
        add_mapping(wanted(name, role="viewer"), by="ada", now=NOW)
    dan = identify(cast.dan)
    says(dan, "a", "b")
    says(dan, "b")
    assert can(cast.dan, Permission.VIEW)
    says(dan)
    assert not can(cast.dan, Permission.VIEW)


def test_the_same_said_again_writes_nothing(cast: Cast) -> None:
    mapped(cast)
    dan = identify(cast.dan)
    says(dan, "kms-approvers")
    before = Entry.objects.count()
    says(dan, "kms-approvers", now=NOW + timedelta(minutes=15))
    assert Entry.objects.count() == before


def test_a_mapping_reaches_those_who_are_in_the_group_already_and_its_end_too(cast: Cast) -> None:
    identify(cast.dan, "kms-viewers")
    asked = wanted("kms-viewers", role="viewer", account=cast.archive)
    assert add_mapping(asked, by="ada and eve", now=NOW).gained == 1
    assert can(cast.dan, Permission.VIEW, cast.archive)
    assert events() == [("role.granted", "ada and eve", "dan")]
    found = mapping_of(asked)
    assert found is not None
    assert remove_mapping(found, by="ada", now=NOW).lost == 1
    assert not can(cast.dan, Permission.VIEW, cast.archive)


def test_disabled_people_gain_nothing_and_lose_what_is_over(cast: Cast) -> None:
    mapped(cast)
    dan = identify(cast.dan)
    says(dan, "kms-approvers")
    cast.dan.is_active = False
    cast.dan.save()
    add_mapping(wanted("kms-approvers", role="administrator"), by="ada", now=NOW)
    assert set(RoleGrant.objects.filter(person=cast.dan).values_list("role", flat=True)) == {"approver"}
    found = mapping_of(wanted("kms-approvers", role="approver", account=cast.payments))
    assert found is not None
    remove_mapping(found, by="ada", now=NOW)
    assert not RoleGrant.objects.filter(person=cast.dan).exists()


def make_people(count: int, group: str) -> None:
    people = User.objects.bulk_create(User(username=f"{group}-{n}", password="!") for n in range(count))
    identities = SsoIdentity.objects.bulk_create(
        SsoIdentity(
            person=person, issuer=ISSUER, sub=person.username, linked_by="x", linked_at=NOW, confirmed_at=NOW
        )
        for person in people
    )
    SsoGroup.objects.bulk_create(SsoGroup(identity=each, name=group) for each in identities)


def test_a_mapping_for_thousands_costs_statements_by_the_portion_not_by_the_person(cast: Cast) -> None:
    def statements(count: int, group: str) -> int:
        make_people(count, group)
        with CaptureQueriesContext(connection) as seen:
            came = add_mapping(wanted(group, role="viewer"), by="ada", now=NOW)
        assert came.gained == count
        return len(seen)

    few = statements(10, "few")
    assert few < 30
    # SQLite takes so many values in one statement, and an entry of the record has nine.
    assert statements(1_000, "many") < few + 30


@pytest.mark.campaign
def test_ten_thousand_people(cast: Cast) -> None:
    make_people(10_000, "everybody")
    started = time.monotonic()
    assert add_mapping(wanted("everybody", role="viewer"), by="ada", now=NOW).gained == 10_000
    added = time.monotonic()
    found = mapping_of(wanted("everybody", role="viewer"))
    assert found is not None
    assert remove_mapping(found, by="ada", now=NOW).lost == 10_000
    print(f"added in {added - started:.1f} s, removed in {time.monotonic() - added:.1f} s")  # noqa: T201
