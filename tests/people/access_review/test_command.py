"""`manage.py access_review`: started with a proof, listed, shown, exported."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.roles import Role
from tests.cast import PASSWORD, make_person
from tests.changes.commands import DONE, REFUSED, USAGE, manage

pytestmark = pytest.mark.django_db
DAY = (timezone.now() + timedelta(days=10)).date().isoformat()


@pytest.fixture
def started(cast, monkeypatch):
    make_person("eve", Role.ADMINISTRATOR)
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", PASSWORD)
    return manage("access_review", "start", "--due", DAY, "--as", "ada")


def test_it_takes_an_administrators_proof(started, cast, monkeypatch):
    assert (started.status, "RV-1 has begun" in started.out) == (DONE, True)
    told = Entry.objects.get(event="access.review_started").data
    assert "proved by password" in told["via"]
    assert told["proof"] == "password"
    assert manage("access_review", "start", "--due", DAY, "--as", "ben").status == REFUSED
    assert manage("access_review", "start", "--due", "soon", "--as", "ada").status == USAGE
    monkeypatch.setenv("KEYCONSOLE_PASSWORD", "wrong")
    assert manage("access_review", "start", "--due", DAY, "--as", "ada").status == REFUSED


def test_it_is_listed_shown_and_exported(started):
    assert manage("access_review", "list").out.startswith("RV-1: open, ")
    assert "not answered: " in manage("access_review", "show", "RV-1").out
    rows = json.loads(manage("access_review", "export", "RV-1", "--format", "json").out)
    assert rows[0]["line"] == 1
    assert manage("access_review", "export", "RV-1").out.startswith("line,person,role,")
    assert Entry.objects.filter(event="audit.exported").count() == 2
    assert manage("access_review", "show", "RV-9").status == USAGE
