from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import Http404

from keyconsole.audit.models import Entry
from keyconsole.web.downloads import recorded_download
from tests.cast import NOW, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
ROWS = [{"who": "=cmd()", "what": "approves"}]


def content(response: Any) -> str:
    return b"".join(response).decode()


def test_a_file_is_recorded_with_its_facts_before_it_leaves(cast: Cast) -> None:
    response = recorded_download("access", "csv", ["who", "what"], ROWS, by=cast.cleo, now=NOW, account="all")
    entry = Entry.objects.get(event="audit.exported")
    assert (entry.actor, entry.subject) == ("cleo", "access")
    assert entry.data == {"what": "access", "format": "csv", "account": "all"}
    assert "access-20261123T120000Z.csv" in response.headers["Content-Disposition"]


def test_no_spreadsheet_runs_what_stands_in_it(cast: Cast) -> None:
    text = content(recorded_download("access", "csv", ["who", "what"], ROWS, by=cast.cleo, now=NOW))
    assert "\n=cmd()" not in text
    assert "'=cmd()" in text


def test_json_holds_the_same_rows(cast: Cast) -> None:
    text = content(recorded_download("access", "json", ["who", "what"], ROWS, by=cast.cleo, now=NOW))
    assert json.loads(text) == ROWS


def test_another_kind_of_file_is_not_there_and_not_recorded(cast: Cast) -> None:
    with pytest.raises(Http404):
        recorded_download("access", "pdf", ["who"], ROWS, by=cast.cleo, now=NOW)
    assert not Entry.objects.exists()
