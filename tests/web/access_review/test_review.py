"""The campaign's pages: started, answered line by line, ended, kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.models import AccessReview, AccessReviewLine
from tests.cast import make_person
from tests.conftest import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


@pytest.fixture
def eve(cast):
    return make_person("eve", Role.ADMINISTRATOR)


@pytest.fixture
def review(as_ada, eve):
    due = (timezone.now() + timedelta(days=10)).date()
    page = as_ada.post("/access-review/start/", {"due": due, "why": "Each quarter."}, follow=True)
    assert [str(each) for each in page.context["messages"]] == ["RV-1 has begun."]
    return AccessReview.objects.get()


def line(person, **where):
    return AccessReviewLine.objects.get(person__username=person, **where)


def answer(client, verb, *lines, comment=""):
    form = {"line": [each.number for each in lines], "answer": verb, "comment": comment}
    page = client.post("/access-review/RV-1/answer/", form, follow=True)
    return [str(each) for each in page.context["messages"]]


def test_lines_that_wait_for_me_come_first(as_ada, review):
    response = as_ada.get("/access-review/RV-1/")
    assert response.context["show"] == "mine"
    assert {line.owner.username for line, _ in response.context["rows"]} == {"ada"}
    assert "Each quarter." in response.content.decode()


def test_ticked_lines_are_confirmed_and_removed(as_ada, cast, review):
    theirs = line("ana", account_id="111122223333")
    assert answer(as_ada, "confirm", theirs, comment="Yes.") == ["1 line confirmed."]
    gone = line("ben", account_id="111122223333"), line("ben", account_id="222233334444")
    assert answer(as_ada, "remove", *gone) == ["2 lines removed."]
    assert not RoleGrant.objects.filter(person=cast.ben).exists()
    assert "Tick the lines first" in answer(as_ada, "confirm")[0]
    assert "Tick the lines first" in answer(as_ada, "nonsense", theirs)[0]


def test_ones_own_line_is_left_as_it_is(as_ada, review):
    [told] = answer(as_ada, "confirm", line("ada", role="administrator"))
    assert "is your own" in told
    page = as_ada.get("/access-review/RV-1/?show=all").content.decode()
    assert 'aria-label="ada: administrator in all accounts"' not in page
    assert 'aria-label="eve: administrator in all accounts"' in page


def test_the_end_stands_for_ever_with_its_hash(as_ada, as_cleo, review):
    assert "End it with" in as_ada.get("/access-review/RV-1/").content.decode()
    as_ada.post("/access-review/RV-1/end/")
    review.refresh_from_db()
    page = as_cleo.get("/access-review/RV-1/").content.decode()
    assert review.sha256 in page
    assert "Not answered" in page
    rows = json.loads(as_cleo.get("/access-review/RV-1/export.json").getvalue())
    assert len(rows) == review.lines.count()
    assert as_cleo.get("/access-review/RV-1/export.csv").status_code == 200


def test_an_accounts_administrator_sees_and_answers_its_lines(cast, review):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    client = client_of(finn)
    rows = client.get("/access-review/RV-1/?show=all").context["rows"]
    assert {line.account_id for line, _ in rows} == {"111122223333"}
    assert answer(client, "confirm", line("ana", account_id="111122223333")) == ["1 line confirmed."]
    assert "Tick" in answer(client, "confirm", line("ana", account_id="222233334444"))[0]
    assert client.get("/access-review/start/").status_code == 403
    assert client.post("/access-review/RV-1/end/").status_code == 403
    assert client.get("/access-review/RV-1/export.csv").status_code == 403


def test_overdue_is_told(as_ada, review):
    AccessReview.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert "Overdue" in as_ada.get("/access-review/RV-1/").content.decode()


def test_what_cannot_be_started_is_told(as_ada, review):
    due = (timezone.now() + timedelta(days=10)).date()
    for form in ({"due": "soon"}, {"due": "2001-01-01"}, {"due": due}):
        assert "error-summary" in as_ada.post("/access-review/start/", form).content.decode()


@pytest.mark.parametrize("ref", ["RV-2", "RV-01", "rv-1", "1", "RV-x", "RV-" + "9" * 30])
def test_a_review_that_is_not_there_is_not_there(as_ada, review, ref):
    assert as_ada.get(f"/access-review/{ref}/").status_code == 404
    assert as_ada.post(f"/access-review/{ref}/end/").status_code == 404


def test_cleo_reads_and_answers_nothing(as_cleo, review):
    assert as_cleo.get("/access-review/RV-1/").status_code == 200
    assert as_cleo.post("/access-review/RV-1/answer/", {"line": "1", "answer": "confirm"}).status_code == 403
    assert as_cleo.post("/access-review/RV-1/end/").status_code == 403


def test_what_was_answered_in_another_tab_is_left_as_it_is(as_ada, eve, cast, review):
    theirs = line("ana", account_id="111122223333")
    other = client_of(eve)
    assert answer(other, "confirm", theirs) == ["1 line confirmed."]
    [told] = answer(as_ada, "remove", theirs)
    assert told == f"Line {theirs.number} was left as it is: Line {theirs.number} was answered by eve."
    assert RoleGrant.objects.filter(person=cast.ana, account=cast.payments).exists()
    other.post("/access-review/RV-1/end/")
    page = as_ada.post("/access-review/RV-1/end/", follow=True)
    assert [str(each) for each in page.context["messages"]] == ["RV-1 has ended."]
