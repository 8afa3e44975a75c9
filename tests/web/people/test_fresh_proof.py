"""What gives power, makes a secret or hands out a file asks for a fresh proof first, and does nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.access_review.start import start
from keyconsole.people.disable import disable
from tests.cast import make_person
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
ROLE = {"role": "viewer", "account": "all", "why": "Joins.", "step": "send"}
FORMS = {
    "/people/dan/give-role/": ROLE,
    "/people/ben/enable/": {"why": "Back."},
    "/people/dan/reset/": {},
    "/invite/": {"username": "fay", "account": "all"},
    "/people/fay/invite-again/": {},
    "/me/tokens/make/": {"name": "pipeline", "days": "30"},
}
FILES = ["/access-review/export.csv", "/access-review/RV-1/export.json"]


@pytest.fixture
def stale(cast):
    eve = make_person("eve", Role.ADMINISTRATOR)
    disable(cast.ben, why="Left.", by=eve, now=timezone.now())
    start(due_at=timezone.now() + timedelta(days=9), why="", by=eve, now=timezone.now())
    return client_of(cast.ada, proved=False)


@pytest.mark.parametrize("address", FORMS)
def test_a_form_asks_first_and_does_nothing(stale, address):
    before = Entry.objects.count()
    assert stale.get(address).status_code in {200, 405, 302}
    answer = stale.post(address, FORMS[address])
    assert (answer.status_code, answer.headers["Location"].startswith("/sign-in/again/")) == (302, True)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("address", FILES)
def test_a_file_asks_first_and_is_not_handed_out(stale, address):
    answer = stale.get(address)
    assert (answer.status_code, answer.headers["Location"].startswith("/sign-in/again/")) == (302, True)
    assert not Entry.objects.filter(event="audit.exported").exists()


def test_a_preview_asks_for_nothing(stale):
    assert stale.post("/people/dan/give-role/", ROLE | {"step": "preview"}).status_code == 200


@pytest.mark.parametrize(
    ("address", "sent", "says"),
    [
        ("/people/dan/give-role/", ROLE, "viewer in all accounts"),
        ("/people/dan/give-role/", ROLE | {"account": "111122223333"}, "viewer in payments (111122223333)"),
        ("/people/dan/give-role/", ROLE | {"until": "2030-01-31"}, "viewer in all accounts until 2030-01-31"),
        ("/invite/", {"username": "gil", "account": "all"}, "Confirm: invite gil"),
        (
            "/access-review/RV-1/answer/",
            {"line": "1", "answer": "remove"},
            "remove 1 line of the access review",
        ),
        ("/access-review/RV-1/answer/", {"line": "1", "answer": "confirm"}, "confirm 1 line of the access"),
    ],
)
def test_the_page_that_asks_says_what_is_confirmed(stale, address, sent, says):
    asked = stale.post(address, sent).headers["Location"]
    page = stale.get(asked).content.decode()
    assert says in page
    assert "Leave it undone" in page


def test_nothing_ticked_asks_for_no_proof(stale):
    answer = stale.post("/access-review/RV-1/answer/", {"answer": "confirm"}, follow=True)
    assert "Tick the lines first" in answer.content.decode()
