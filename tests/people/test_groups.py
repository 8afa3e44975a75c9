from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from keyconsole.audit.models import Entry
from keyconsole.people.groups import group_names_of, join, leave
from keyconsole.refusals import Refused
from tests.cast import NOW


def test_joining_makes_the_group_and_leaves_an_event(cast):
    assert join(cast.ben, "platform", by="ada", now=NOW)
    assert list(group_names_of(cast.ben)) == ["platform"]
    entry = Entry.objects.get(event="group.joined")
    assert (entry.actor, entry.subject, entry.data) == ("ada", "ben", {"group": "platform"})


def test_joining_twice_is_joining_once(cast):
    join(cast.ben, "platform", by="ada", now=NOW)
    assert not join(cast.ben, " platform ", by="ada", now=NOW)
    assert Entry.objects.filter(event="group.joined").count() == 1


def test_leaving_leaves_the_group_there(cast):
    join(cast.ben, "platform", by="ada", now=NOW)
    assert leave(cast.ben, "platform", by="ada", now=NOW)
    assert not group_names_of(cast.ben)
    assert Group.objects.filter(name="platform").exists()
    assert Entry.objects.get(event="group.left").subject == "ben"


def test_leaving_where_one_is_not_changes_nothing(cast):
    assert not leave(cast.ben, "platform", by="ada", now=NOW)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "-x", "a/b", "x" * 61, "a\nb", "a\u202eb"])
def test_a_name_that_nobody_could_type_is_refused(cast, name):
    with pytest.raises(Refused, match="A group's name"):
        join(cast.ben, name, by="ada", now=NOW)
    assert not Group.objects.exists()


def test_who_cannot_sign_in_joins_nothing(cast):
    cast.ben.is_active = False
    with pytest.raises(Refused, match="can no longer sign in"):
        join(cast.ben, "platform", by="ada", now=NOW)
