"""The effect beside the form while a policy is written: for htmx as a part, without a script by a button."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from keyconsole.policies.document.rules import DEFAULT
from keyconsole.policies.models import PolicyVersion
from tests.cast import Cast, Inventory, hold
from tests.conftest import HTMX
from tests.web.proposals import PAYMENTS, form_of, staffed

pytestmark = pytest.mark.django_db
NEW = "/policies/new/"
URL = "/policies/payments/propose/"


@pytest.fixture(autouse=True)
def _held(cast: Cast, inventory: Inventory) -> None:
    staffed(cast)
    hold(PAYMENTS)


def words(client: Client, url: str, data: dict[str, Any], **headers: Any) -> str:
    answer = client.post(url, {**data, "step": "effect"}, **headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_while_it_is_written_the_rules_that_become_weaker_are_told(as_ada: Client) -> None:
    sent = {**form_of(as_ada, URL), "requirements-1-at_least": "", "requirements-1-group": ""}
    answer = as_ada.post(URL, {**sent, "step": "effect"}, headers=HTMX)
    content = answer.content.decode()
    assert content.strip().startswith('<section id="effect"')
    assert "<html" not in content
    assert "Moving a key of account 111122223333 needs 1 from platform." in content
    assert "weaker" in content
    assert "tone-attention" in content
    assert "2 known keys" in content
    assert not PolicyVersion.objects.filter(state="proposed").exists()


def test_without_a_script_a_button_shows_it_and_nothing_written_is_lost(as_ada: Client) -> None:
    assert "Show the effect" in as_ada.get(URL).content.decode()
    sent = {
        **form_of(as_ada, NEW),
        "name": "",
        "why": "",
        "accounts": ["222233334444"],
        "second_factor": "on",
    }
    answer = as_ada.post(NEW, {**sent, "step": "effect"})
    content = answer.content.decode()
    assert (
        "Moving a key of account 222233334444 needs 1 of the account&#x27;s approvers, proved by" in content
    )
    assert "this policy" in content
    assert "error-summary" not in content
    assert 'name="name" value=' not in content
    assert re.search(r'value="222233334444" checked', content)


def test_what_cannot_stand_yet_is_said_without_alarm(as_ada: Client) -> None:
    told = words(as_ada, URL, {**form_of(as_ada, URL), "reason_at_least": "-1"}, headers=HTMX)
    assert "As written it cannot stand yet: Shortest reason, in characters" in told


def test_a_policy_that_nobody_can_meet_says_so_beside_the_form(as_ada: Client) -> None:
    told = words(as_ada, URL, {**form_of(as_ada, URL), "requirements-0-at_least": "9"}, headers=HTMX)
    assert "Cannot be proposed" in told


def test_overlapping_windows_are_told(as_ada: Client) -> None:
    window = {"days": ["mon"], "start": "09:00", "end": "17:00", "time_zone": "UTC", "active": "on"}
    sent = {**form_of(as_ada, URL), "windows-TOTAL_FORMS": "2"}
    sent |= {f"windows-{at}-{name}": value for at in (0, 1) for name, value in window.items()}
    assert "Windows 1 and 2 overlap." in words(as_ada, URL, sent, headers=HTMX)


def test_a_region_that_does_not_exist_is_told_and_kept(as_ada: Client) -> None:
    sent = {**form_of(as_ada, URL), "allowed_regions": ["mars-north-1"]}
    assert "No Region with KMS is called" in words(as_ada, URL, sent, headers=HTMX)
    content = as_ada.post(URL, {**sent, "step": "effect"}).content.decode()
    assert re.search(r'name="allowed_regions" value="mars-north-1" checked', content)


def test_it_needs_no_proof_and_only_whoever_may_propose_gets_it(as_ada: Client, as_dan: Client) -> None:
    assert as_dan.post(URL, {"step": "effect"}).status_code in {403, 404}


def test_keys_of_accounts_that_one_does_not_see_are_not_counted(client_as: Any, cast: Cast) -> None:
    cast.ada.role_grants.update(account=cast.research)
    told = words(
        client_as("ada"), NEW, {"as": "json", "document": '{"name": "x", "rule": "confirm"}', "why": ""}
    )
    assert "card-vault" not in told


def test_the_order_of_boxes_is_no_change(as_ada: Client) -> None:
    hold(replace(PAYMENTS, allowed_regions=("us-west-2", "eu-west-1")))
    sent = {**form_of(as_ada, URL), "allowed_regions": ["eu-west-1", "us-west-2"], "why": "Nothing."}
    answer = as_ada.post(URL, {**sent, "step": "preview"})
    assert answer.context["differences"] == ()


def test_midnight_of_a_browsers_clock_is_the_end_of_the_day(as_ada: Client) -> None:
    window = {"days": ["sat"], "start": "00:00", "end": "00:00", "time_zone": "UTC", "active": "on"}
    sent = {**form_of(as_ada, URL), **{f"windows-0-{name}": value for name, value in window.items()}}
    answer = as_ada.post(URL, {**sent, "why": "A whole day.", "step": "preview"})
    assert answer.context["editor"].rules.windows[0].end == "24:00"


def test_the_default_is_what_a_new_policy_begins_with(as_ada: Client) -> None:
    assert as_ada.get(NEW).context["editor"].rules == DEFAULT
