"""An access review from its start to the record of its end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.canonical import sha256_of
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.notifications.models import Delivery
from keyconsole.people.access_review.answer import confirm, remove
from keyconsole.people.access_review.end import end, hash_of_lines, line_rows
from keyconsole.people.access_review.notifications import remind_of_access_reviews
from keyconsole.people.access_review.start import start
from keyconsole.people.groups import is_in_group, join
from keyconsole.people.models import AccessReview, AccessReviewLine
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.test_invitations import refused

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=14)


@pytest.fixture
def eve(cast):
    return make_person("eve", Role.ADMINISTRATOR)


@pytest.fixture
def review(cast, eve):
    join(cast.ben, "security", by="ada", now=NOW)
    grant(cast.dan, Role.VIEWER, cast.payments, by="sso", now=NOW, sso_group="staff")
    return start(due_at=DUE, why="Each quarter.", by=cast.ada, now=NOW)


def line(review, person, **where):
    return AccessReviewLine.objects.select_related("review", "person").get(
        review=review, person__username=person, **where
    )


def test_each_grant_and_membership_by_hand_is_a_line_and_what_sso_gives_is_none(review):
    held = RoleGrant.objects.filter(sso_group="").count()
    assert review.lines.count() == held + 1
    assert not review.lines.filter(person__username="dan").exists()
    assert Entry.objects.get(event="access.review_started").data["lines"] == held + 1


def test_nobody_owns_their_own_line_and_an_accounts_administrator_comes_first(cast, eve):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    review = start(due_at=DUE, why="", by=cast.ada, now=NOW)
    assert line(review, "ada", role="administrator").owner == eve
    assert line(review, "eve", role="administrator").owner == cast.ada
    assert line(review, "ben", account_id="111122223333").owner == finn
    assert line(review, "finn").owner in {cast.ada, eve}


def test_where_only_the_holder_administers_nobody_owns_the_line(cast):
    review = start(due_at=DUE, why="", by=cast.ada, now=NOW)
    own = line(review, "ada")
    assert own.owner is None
    refused(Code.OWN_LINE, confirm, own, by=cast.ada, now=NOW)


def test_a_line_is_confirmed_once(cast, review):
    theirs = line(review, "ben", account_id="111122223333")
    confirm(theirs, comment="Still on the team.", by=cast.ada, now=NOW)
    refused(Code.NOT_OPEN, remove, theirs, by=cast.ada, now=NOW)
    assert Entry.objects.get(event="access.confirmed").data["what"] == ("approver in payments (111122223333)")


def test_removing_takes_the_role_or_the_membership_away(cast, review):
    remove(line(review, "ben", account_id="111122223333"), comment="Moved on.", by=cast.ada, now=NOW)
    assert not RoleGrant.objects.filter(person=cast.ben, account=cast.payments).exists()
    remove(line(review, "ben", group="security"), by=cast.ada, now=NOW)
    assert not is_in_group(cast.ben, "security")
    events = set(Entry.objects.values_list("event", flat=True))
    assert {"role.revoked", "group.left", "access.removed"} <= events


def test_only_who_administers_there_answers(cast, review):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.research,))
    for by in (finn, cast.ben, cast.cleo):
        refused(Code.MAY_NOT_MANAGE, confirm, line(review, "ana", account_id="111122223333"), by=by, now=NOW)
    confirm(line(review, "ana", account_id="222233334444"), by=finn, now=NOW)


def test_what_went_before_anybody_answered_is_told_so(cast, review):
    revoke(cast.ben, Role.APPROVER, cast.payments, by="ada", now=NOW)
    theirs = line(review, "ben", account_id="111122223333")
    confirm(theirs, by=cast.ada, now=NOW)
    assert line(review, "ben", account_id="111122223333").answer == "gone"


def test_what_is_given_after_the_start_is_not_in_it(cast, review):
    grant(cast.dan, Role.AUDITOR, None, by="ada", now=NOW)
    assert not review.lines.filter(person=cast.dan).exists()
    # Taken and given again meanwhile is another grant than the line is about.
    revoke(cast.ana, Role.REQUESTER, cast.payments, by="ada", now=NOW)
    grant(cast.ana, Role.REQUESTER, cast.payments, by="ada", now=NOW + timedelta(days=1))
    remove(line(review, "ana", account_id="111122223333"), by=cast.ada, now=NOW)
    assert RoleGrant.objects.filter(person=cast.ana, account=cast.payments).exists()


def test_the_end_is_a_record_with_the_hash_of_every_line(cast, review):
    confirm(line(review, "ana", account_id="111122223333"), by=cast.ada, now=NOW)
    end(review, by=cast.ada, now=DUE)
    review.refresh_from_db()
    data = Entry.objects.get(event="access.review_ended").data
    assert (data["confirmed"], data["not_answered"]) == (1, review.lines.count() - 1)
    assert data["sha256"] == review.sha256 == hash_of_lines(review)
    assert review.sha256 == sha256_of({"review": review.ref, "lines": line_rows(review)})
    refused(Code.NOT_OPEN, end, review, by=cast.ada, now=DUE)
    refused(Code.NOT_OPEN, confirm, line(review, "ben", group="security"), by=cast.ada, now=DUE)


def test_the_last_answer_ends_it(cast, eve, review):
    for each in review.lines.select_related("review", "person"):
        confirm(each, by=eve if each.person_id == cast.ada.pk else cast.ada, now=NOW)
    review.refresh_from_db()
    assert (review.ended_by, bool(review.sha256)) == ("keyconsole", True)


def test_only_administrators_of_every_account_start_and_end_one_and_one_at_a_time(cast, eve, review):
    refused(Code.NOTHING_NEW, start, due_at=DUE, why="", by=eve, now=NOW)
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.research,))
    refused(Code.MAY_NOT_MANAGE, end, review, by=finn, now=NOW)
    end(review, by=eve, now=NOW)
    refused(Code.MAY_NOT_MANAGE, start, due_at=DUE, why="", by=finn, now=NOW)
    refused(Code.TIME_PASSED, start, due_at=NOW, why="", by=eve, now=NOW)
    assert start(due_at=DUE, why="", by=eve, now=NOW).ref == "RV-2"


def test_owners_are_reminded_daily_and_all_administrators_once_it_is_overdue(cast, eve, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for person in (cast.ada, eve):
        type(eve).objects.filter(pk=person.pk).update(email=f"{person.username}@example.org")
    start(due_at=DUE, why="", by=cast.ada, now=NOW)
    Delivery.objects.all().delete()

    def told(at):
        remind_of_access_reviews(now=at)
        found = set(Delivery.objects.values_list("person__username", "topic"))
        Delivery.objects.filter(created_at__lt=at).delete()
        return found

    assert told(DUE - timedelta(days=4)) == set()
    both = {("ada", "access_review.due"), ("eve", "access_review.due")}
    assert told(DUE - timedelta(days=2)) == both
    assert Delivery.objects.count() == 2
    told(DUE - timedelta(days=2) + timedelta(hours=2))
    assert Delivery.objects.count() == 0
    assert told(DUE + timedelta(hours=1)) == both
    assert all("overdue" in each.subject for each in Delivery.objects.all())
    end(AccessReview.objects.get(), by=eve, now=DUE + timedelta(days=1))
    Delivery.objects.all().delete()
    assert told(DUE + timedelta(days=9)) == set()
