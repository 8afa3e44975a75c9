"""What somebody does to a person is recorded with their proof, also where the sign-in was proof enough."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, acting
from keyconsole.audit.log import record
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.groups import join
from keyconsole.people.reset_link import make_reset_link
from tests.cast import NOW
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
DONE_TO_DAN = {
    "disable/": {"why": "Left."},
    "end-sessions/": {},
    "take-role/": {"role": "viewer", "account": "all", "why": "Moved on."},
    "withdraw-reset/": {},
}


@pytest.fixture
def dan(cast):
    make_reset_link(cast.dan, by=cast.ada, now=timezone.now())
    join(cast.dan, "platform", by="ada", now=NOW)
    grant(cast.dan, Role.VIEWER, None, by="ada", now=NOW)
    client_of(cast.dan).get("/me/")
    return cast.dan


@pytest.mark.parametrize("verb", DONE_TO_DAN)
def test_what_takes_power_away_says_it_rests_on_the_sign_in(cast, dan, verb):
    client = client_of(cast.ada, proved=False)
    before = Entry.objects.count()
    client.post(f"/people/dan/{verb}", DONE_TO_DAN[verb])
    theirs = Entry.objects.filter(number__gt=before, actor="ada")
    assert theirs
    assert {(entry.data["proof"], entry.data["proof_age_seconds"] < 300) for entry in theirs} == {
        ("sign-in", True)
    }


def test_ones_own_tokens_and_sessions_say_it_too(cast, dan):
    client = client_of(cast.dan)
    client.post("/me/tokens/make/", {"name": "pipeline", "days": "30"})
    client.post("/me/tokens/end/", {"name": "pipeline"})
    client_of(cast.dan).get("/me/")
    client.post("/me/end-other-sessions/")
    told = Entry.objects.filter(actor="dan").values_list("event", "data__proof")
    assert set(told) == {
        ("token.made", "password"),
        ("token.ended", "password"),
        ("session.ended", "password"),
    }


def test_nothing_is_said_of_another_who_stands_in_the_same_record():
    with acting("ada", lambda: GivenProof("passkey", NOW)), transaction.atomic():
        hers = record(Event.ROLE_GRANTED, actor="ada", subject="dan", now=NOW, data={"role": "viewer"})
        another = record(Event.ROLE_GRANTED, actor="eve", subject="dan", now=NOW)
        its_own = record(Event.PERSON_PROVED, actor="ada", subject="ada", now=NOW, data={"proof": "password"})
    with transaction.atomic():
        after = record(Event.ROLE_GRANTED, actor="ada", subject="dan", now=NOW)
    assert hers.data == {"role": "viewer", "proof": "passkey", "proof_age_seconds": 0}
    assert (another.data, after.data) == ({}, {})
    assert its_own.data["proof"] == "password"
