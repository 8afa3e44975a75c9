from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.policies.models import Freeze
from keyconsole.policies.schedule import freeze
from keyconsole.refusals import Refused
from tests.cast import NOW


@pytest.fixture
def frozen(cast):
    return freeze.freeze(by=cast.ada, why="Region incident", now=NOW)


def test_a_freeze_says_who_and_why(frozen):
    assert freeze.current() == frozen
    assert freeze.current_words() == "Everything is frozen since 2026-11-23 12:00 UTC by ada: Region incident"
    entry = Entry.objects.get(event="freeze.set")
    assert (entry.actor, entry.data) == ("ada", {"why": "Region incident", "via": "page"})


def test_lifting_ends_it_and_keeps_its_row(cast, frozen):
    freeze.lift(frozen, by="ada", because="It is over", now=NOW)
    assert freeze.current() is None
    assert freeze.current_words() == ""
    assert Freeze.objects.get().lifted_by == "ada"
    lifted = Entry.objects.get(event="freeze.lifted").data
    assert (lifted["why"], lifted["lifted_because"]) == ("Region incident", "It is over")
    assert Freeze.objects.get().lifted_because == "It is over"


def test_it_can_be_frozen_again_afterwards(cast, frozen):
    freeze.lift(frozen, by="ada", because="It is over", now=NOW)
    again = freeze.freeze(by=cast.ada, why="again", now=NOW)
    freeze.lift(again, by="ada", because="It is over", now=NOW)
    assert Freeze.objects.count() == 2


def test_a_second_freeze_is_refused_with_the_first_ones_words(cast, frozen):
    with pytest.raises(Refused, match="by ada: Region incident"):
        freeze.freeze(by=cast.ada, why="me too", now=NOW)
    assert Entry.objects.filter(event="freeze.set").count() == 1


def test_the_database_holds_one_open_freeze(frozen):
    with pytest.raises(IntegrityError), transaction.atomic():
        Freeze.objects.create(why="x", frozen_by="ben", frozen_at=NOW)


def test_what_is_lifted_is_not_lifted_again(frozen):
    freeze.lift(frozen, by="ada", because="It is over", now=NOW)
    with pytest.raises(Refused, match="There is no freeze of everything to lift"):
        freeze.lift(frozen, by="eve", because="It is over", now=NOW)
    assert Freeze.objects.get().lifted_by == "ada"


@pytest.mark.parametrize("why", ["", "  \n", "x" * 2001, "a\x00b"])
def test_a_freeze_needs_words_that_people_can_read(cast, why):
    with pytest.raises(Refused):
        freeze.freeze(by=cast.ada, why=why, now=NOW)
    assert not Freeze.objects.exists()


@pytest.mark.parametrize("name", ["ana", "ben", "cleo", "dan"])
def test_approvers_of_some_accounts_cannot_freeze_all_of_them(cast, name):
    person = getattr(cast, name)
    assert freeze.may_freeze(person).reasons == (freeze.NOT_YOURS,)
    with pytest.raises(Refused, match="in every account"):
        freeze.freeze(by=person, why="x", now=NOW)


def test_an_approver_of_every_account_can_freeze_and_propose_to_lift(cast):
    RoleGrant.objects.create(person=cast.ben, role="approver", granted_by="ada", granted_at=NOW)
    freeze.freeze(by=cast.ben, why="x", now=NOW)
    assert freeze.people_who_may_lift() == {"ada", "ben"}


def test_a_person_who_left_lifts_nothing(cast, frozen):
    cast.ada.is_active = False
    cast.ada.save()
    assert freeze.people_who_may_lift() == set()
