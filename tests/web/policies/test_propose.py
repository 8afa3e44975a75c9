"""Proposing a policy on a page: write, see what it would change, propose; each mistake at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from keyconsole.people.groups import join
from keyconsole.policies.document.rules import DEFAULT, Rule, Rules, Runs, Selector, Span, Window
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, Cast, Inventory, hold
from tests.web.proposals import PAYMENTS, WHY, form_of, proposed, staffed

pytestmark = pytest.mark.django_db
NEW = "/policies/new/"
URL = "/policies/payments/propose/"
FULL = replace(
    PAYMENTS,
    applies_to=Selector(
        accounts=("111122223333", "222233334444"),
        units=("prod/*",),
        tags={"env": "prod*", "tier": "1"},
        aliases=("card-*",),
        from_regions=("us-east-1",),
        to_regions=("eu-west-1", "eu-central-1"),
    ),
    allowed_regions=("eu-west-1", "eu-central-1"),
    ticket_pattern="SEC-[0-9]+",
    reason_at_least=20,
    windows=(
        Window(("mon", "tue"), "09:00", "24:00", "Europe/Zurich"),
        Window(("sat",), "22:00", "04:00", "UTC", active=False),
    ),
    freezes=(
        Span(datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 4, 8, 30, 15, tzinfo=UTC), "Year end"),
    ),
    runs=Runs.BY_HAND,
    emergency_group="platform",
    review_within_hours=48,
)


@pytest.fixture
def held(cast: Cast, inventory: Inventory) -> PolicyVersion:
    staffed(cast)
    return hold(PAYMENTS)


def written(rules: Rules, **over: Any) -> dict[str, Any]:
    document = json.dumps(rules.as_json())
    return {"as": "json", "document": document, "why": WHY, "step": "preview", **over}


def text(client: Client, url: str, data: dict[str, Any]) -> str:
    return " ".join(client.post(url, data).content.decode().split())


def test_what_the_form_shows_comes_back_as_it_was(cast: Cast, inventory: Inventory, as_ada: Client) -> None:
    staffed(cast)
    hold(FULL)
    found = as_ada.post(URL, {**form_of(as_ada, URL), "why": WHY})
    assert found.context["editor"].rules == FULL
    assert "Nothing: that is what the policy already says." in found.content.decode()


def test_a_change_is_seen_then_proposed(held: PolicyVersion, as_ada: Client) -> None:
    sent = {**form_of(as_ada, URL), "reason_at_least": "40", "why": WHY}
    seen = as_ada.post(URL, sent)
    content = seen.content.decode()
    for words in ("at least 40 characters", "card-vault", "Who has to agree", "ben", "not proposed yet"):
        assert words in content
    assert PolicyVersion.objects.filter(state="proposed").count() == 0
    carried = {"as": "json", "document": seen.context["editor"].document, "why": WHY, "step": "propose"}
    assert "payments version 2 is proposed." in as_ada.post(URL, carried, follow=True).content.decode()
    version = PolicyVersion.objects.get(state="proposed")
    assert (version.document["reason_at_least"], version.proposer.username) == (40, "ada")  # type: ignore[union-attr]


def test_a_double_click_proposes_once(held: PolicyVersion, as_ada: Client) -> None:
    carried = written(replace(PAYMENTS, reason_at_least=40), step="propose")
    as_ada.post(URL, carried)
    assert "payments version 2 waits for agreement." in text(as_ada, URL, carried)
    assert PolicyVersion.objects.filter(state="proposed").count() == 1


def test_one_goes_back_to_writing_without_losing_anything(held: PolicyVersion, as_ada: Client) -> None:
    back = as_ada.post(URL, written(replace(PAYMENTS, reason_at_least=40), step="edit", back="form"))
    assert back.context["form"]["reason_at_least"].value() == 40
    assert WHY in back.content.decode()
    other = as_ada.post(URL, {**form_of(as_ada, URL), "reason_at_least": "41", "why": WHY, "step": "json"})
    assert "&quot;reason_at_least&quot;: 41" in other.content.decode()


@pytest.mark.parametrize("name", ["requirements", "windows", "freezes"])
def test_rows_are_added_without_a_script(held: PolicyVersion, as_ada: Client, name: str) -> None:
    sent = {**form_of(as_ada, URL), "step": f"more-{name}", "aliases": "half-written"}
    before = int(sent[f"{name}-TOTAL_FORMS"])
    found = as_ada.post(URL, sent)
    assert len(found.context["editor"].rows[name].forms) == before + 1
    assert "half-written" in found.content.decode()
    assert "another look" not in found.content.decode()
    assert as_ada.post(URL, {**sent, f"{name}-TOTAL_FORMS": "9" * 30}).status_code == 200


def test_a_row_that_is_emptied_is_left_out(held: PolicyVersion, as_ada: Client) -> None:
    sent = {**form_of(as_ada, URL), "requirements-0-at_least": "", "requirements-0-group": "", "why": WHY}
    assert as_ada.post(URL, sent).context["editor"].rules.requirements == (Requirement("security"),)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"why": ""}, "Fill this in."),
        ({"requirements-0-at_least": "0"}, "At least 1 and at most 20 people, not 0."),
        ({"requirements-0-at_least": "", "requirements-0-group": "platform"}, "whole number, not nothing"),
        ({"requirements-1-group": "platform"}, "platform is asked twice"),
        ({"requirements-0-group": "nobody"}, "Choose one of the list"),
        ({"rule": "confirm"}, "The rule confirm has no requirements"),
        ({"rule": "maybe"}, "Choose one of the list"),
        ({"from_regions": "eu-nowhere-1"}, "No Region with KMS is called &#x27;eu-nowhere-1&#x27;."),
        ({"aliases": "alias/card"}, "Patterns for aliases stand without alias/."),
        ({"tags": "env"}, "Write name=pattern, not env."),
        ({"tags": "env=a\nenv=b"}, "A tag stands there twice."),
        ({"ticket_pattern": "(a+)+"}, "could take very long"),
        ({"ticket_pattern": "x" * 201}, "at most 200 characters"),
        ({"reason_at_least": "-1"}, "Write 0 or more"),
        ({"request_lives_hours": "99999999999"}, "From 1 to 2,160 hours."),
        ({"windows-0-days": ["mon"], "windows-0-start": "9", "windows-0-end": "10:00"}, "written HH:MM"),
        ({"windows-0-start": "09:00"}, "Window 1: days are some of"),
        (
            {"freezes-0-from_at": "soon", "freezes-0-to_at": "late", "freezes-0-why": "x"},
            "A moment is written",
        ),
        ({"freezes-0-why": "x"}, "A moment is written"),
        ({"frozen": "a\u202eb"}, "Control characters and invisible marks"),
        ({"windows-TOTAL_FORMS": "9999"}, "Please submit at most"),
        ({"windows-TOTAL_FORMS": ""}, "ManagementForm data is missing"),
        ({"accounts": "999999999999"}, "There is no account &#x27;999999999999&#x27;."),
        ({"accounts": "nowhere"}, "&#x27;nowhere&#x27; is no account number: it has exactly 12 digits."),
        ({"accounts": "payments"}, "payments is 111122223333."),
    ],
)
def test_each_mistake_is_told_and_nothing_is_lost(
    held: PolicyVersion, as_ada: Client, over: dict[str, Any], words: str
) -> None:
    content = text(as_ada, URL, {**form_of(as_ada, URL), "why": "A reason to keep", **over})
    assert words in content
    assert "A reason to keep" in content or "why" in over
    assert PolicyVersion.objects.filter(state="proposed").count() == 0


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "This is not JSON"),
        ("[]", "A policy is one JSON object."),
        ("[" * 90_000, "This is not a policy"),
        ('{"name": "payments", "name": "x", "rule": "confirm"}', "A field stands there twice."),
        ('{"name": "payments"}', "rule: This field is needed."),
        ('{"name": "payments", "rule": "confirm", "color": 1}', "There is no field"),
        ('{"name": "other", "rule": "confirm"}', "The document is called other, not payments."),
        ('{"name": "payments", "rule": "confirm", "reason_at_least": NaN}', "whole number, not a number"),
        ("x" * 100_001, "Shorten it to 100000 characters"),
        ("", "Fill this in."),
        ("\x00", "it holds a character that cannot be seen or kept"),
    ],
)
def test_json_that_cannot_stand_is_told(
    held: PolicyVersion, as_ada: Client, document: str, words: str
) -> None:
    assert words in text(as_ada, URL, written(PAYMENTS, document=document))


def test_windows_that_overlap_are_told_as_json_too(held: PolicyVersion, as_ada: Client) -> None:
    window = {"days": ["mon"], "start": "09:00", "end": "12:00", "time_zone": "UTC"}
    document = json.dumps({**PAYMENTS.as_json(), "windows": [window, {**window, "start": "11:00"}]})
    assert "windows: Windows 1 and 2 overlap." in text(as_ada, URL, written(PAYMENTS, document=document))


def test_a_policy_that_its_people_cannot_meet_is_grey_and_refused(
    held: PolicyVersion, as_ada: Client
) -> None:
    more = replace(PAYMENTS, requirements=(Requirement("security", 3),))
    for step in ("preview", "propose"):
        content = text(as_ada, URL, written(more, step=step))
        assert "Not enough people may approve in payments" in content
        assert "It cannot be proposed like this." in content
    assert PolicyVersion.objects.filter(state="proposed").count() == 0


def test_a_new_policy_begins_with_the_default(cast: Cast, inventory: Inventory, as_ben: Client) -> None:
    assert as_ben.get(NEW).context["editor"].rules == DEFAULT
    assert as_ben.get(NEW, {"as": "json"}).context["editor"].as_json
    cards = Rules(name="cards", rule=Rule.CONFIRM, applies_to=Selector(aliases=("card-*",)))
    assert (
        "cards version 1 is proposed."
        in as_ben.post(NEW, written(cards, step="propose"), follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payments", "The name payments is taken. Change the policy on its own page."),
        ("explain", "A policy cannot be called explain"),
        ("Two words", "small letters"),
    ],
)
def test_a_new_policy_needs_a_name_of_its_own(
    held: PolicyVersion, as_ada: Client, name: str, words: str
) -> None:
    assert words in text(as_ada, NEW, {**form_of(as_ada, NEW), "name": name, "why": WHY})


def test_retiring_asks_why_and_shows_what_follows(held: PolicyVersion, as_ada: Client) -> None:
    url = "/policies/payments/retire/"
    content = as_ada.get(url).content.decode()
    assert "card-vault" in content
    assert "Who has to agree" in content
    assert "Fill this in." in text(as_ada, url, {"why": ""})
    assert "is proposed" in as_ada.post(url, {"why": WHY}, follow=True).content.decode()
    assert PolicyVersion.objects.get(state="proposed").retires
    assert "waits for agreement" in text(as_ada, url, {"why": WHY})


def test_nobody_but_the_proposer_could_agree(cast: Cast, inventory: Inventory, as_ben: Client) -> None:
    join(cast.ben, "platform", by="ada", now=NOW)
    hold(replace(PAYMENTS, requirements=(Requirement("platform"),)))
    carried = written(replace(PAYMENTS, requirements=(Requirement("platform"),), reason_at_least=9))
    assert "Cannot be met" in text(as_ben, URL, carried)
    assert "Nobody but you could agree to it" in text(as_ben, URL, {**carried, "step": "propose"})


@pytest.mark.parametrize("url", [NEW, URL, "/policies/payments/retire/"])
def test_only_approvers_and_administrators_propose(
    held: PolicyVersion, client_as: Callable[[str], Client], anonymous: Client, url: str
) -> None:
    for name, status in (("ana", 403), ("cleo", 403), ("dan", 403), ("ben", 200), ("ada", 200)):
        assert client_as(name).get(url).status_code == status
        assert client_as(name).post(url, {"why": ""}).status_code == status
    assert client_as("ada").put(url).status_code == 405
    assert anonymous.get(url).headers["Location"].startswith("/sign-in/")


def test_what_waits_is_decided_on_first(cast: Cast, held: PolicyVersion, as_ben: Client) -> None:
    proposed(cast, replace(PAYMENTS, reason_at_least=40))
    content = text(as_ben, URL, written(replace(PAYMENTS, reason_at_least=9), step="propose"))
    assert "Decide on it first, or withdraw it." in content


def test_a_weaker_rule_is_marked_for_each_group_of_keys_before_it_is_proposed(
    held: PolicyVersion, as_ada: Client
) -> None:
    weaker = Rules("cards", Rule.APPROVE, Selector(aliases=("card-*",)), requirements=(Requirement(),))
    content = as_ada.post(NEW, written(weaker)).content.decode()
    assert "1 key: now payments, then cards" in content
    assert "Some of it is weaker than the rules in force." in content
    assert "<del>1 from platform and 1 from security</del>" in content
    assert "<ins>1 of the account&#x27;s approvers</ins>" in content
    assert "</svg>weaker</span>" in content
