"""What somebody may not see does not exist for them: no page, list, export, error or count tells of it.

Every address of the product is asked for with the ids of hidden things and with ids that nobody has: the
answers are the same, byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import URLPattern, reverse
from django.utils import timezone

from keyconsole.changes.batches.advance import advance
from keyconsole.changes.batches.decide import reject_batch
from keyconsole.changes.batches.part import part_seen_by
from keyconsole.policies.document.rules import Rule, Rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions import notifications
from keyconsole.policies.versions.propose import propose, withdraw
from keyconsole.urls import urlpatterns
from tests.conftest import client_of
from tests.web.hidden_world import HIDDEN, HIDDEN_KEY, OWN, World, make_world, own_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOBODY, NO_KEY, NO_REF, NO_NAME = (
    "123454321000",
    "mrk-feed0000000000000000000000000001",
    "99999",
    "nothing-there",
)
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Once for the whole file; what a test does to it in the database is undone with the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made: World, db: None) -> World:
    return deepcopy(made)


def ids_of(world: World, pattern: URLPattern) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The arguments of an address with something hidden in them, and the same with what is not there."""
    batch = str(pattern.name).startswith("batch")
    refs = (world.hidden_batch.ref, f"BR-{NO_REF}") if batch else (world.hidden_change.ref, f"CR-{NO_REF}")
    if str(pattern.name).startswith("proposal"):
        refs = (world.hidden_access.ref, f"AR-{NO_REF}")
    pairs = {
        "account_id": (HIDDEN, NOBODY),
        "key_id": (HIDDEN_KEY, NO_KEY),
        "ref": refs,
        "name": ("veiled-route" if "route" in str(pattern.name) else "veiled-vaults", NO_NAME),
        "region": ("eu-west-1", "eu-west-1"),
        "slug": ("keys", "keys"),
        "fmt": ("csv", "csv"),
    }
    names = list(pattern.pattern.converters)
    if str(pattern.name) == "notification-try-again" or not {"account_id", "ref", "name"} & set(names):
        return
    hidden, missing = [{name: pairs[name][side] for name in names} for side in (0, 1)]
    yield hidden, missing
    if "key_id" in names:
        yield {**hidden, "account_id": OWN}, {**missing, "account_id": OWN}


def told(response: Any, *names: str) -> str:
    """The whole answer, without what belongs to the request: its ids, its token, and how long all is."""
    body = b"".join(response) if getattr(response, "streaming", False) else response.content
    volatile = {"Content-Length", "Content-Security-Policy", "Content-Disposition", "X-Request-ID"}
    headers = {name: value for name, value in response.headers.items() if name not in volatile}
    text = f"{response.status_code} {headers} {body.decode()}"
    volatile_text = (
        r'name="csrfmiddlewaretoken" value="\w+"|[?&;]seen=[\w.-]+|data-now="[\w:-]+"|Printed by .*?</time>'
    )
    text = re.sub(volatile_text, "", text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "ID", text)
    return text


def hidden_words(world: World, response: Any, *typed: str) -> list[str]:
    return sorted({found.group() for found in world.traces.finditer(told(response, *typed))})


@pytest.mark.parametrize("name", ["pia", "dan"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_hidden_ids_are_answered_as_ids_that_nobody_has(world: World, name: str, method: str) -> None:
    client, asked = client_of(getattr(world, name)), 0
    for pattern in urlpatterns:
        for hidden, missing in ids_of(world, pattern):
            hidden_url, missing_url = (reverse(str(pattern.name), kwargs=each) for each in (hidden, missing))
            for headers in ({}, HTMX):
                send = getattr(client, method)
                answer = told(send(hidden_url, headers=headers), *hidden.values())
                assert answer == told(send(missing_url, headers=headers), *missing.values()), pattern.name
            asked += 1
    assert asked > 25


@pytest.mark.parametrize("name", ["pia", "dan"])
def test_no_page_of_theirs_holds_a_word_a_number_or_a_count_of_what_is_hidden(
    world: World, name: str
) -> None:
    client = client_of(getattr(world, name))
    found = {}
    for url in own_addresses(world):
        for headers in ({}, HTMX):
            if words := hidden_words(world, client.get(url, headers=headers)):
                found[url] = words
    assert found == {}, json.dumps(found, indent=1)


FILTERS = (
    ("keys", "account", HIDDEN, NOBODY),
    ("keys", "q", "veiled-vault", NO_NAME),
    ("changes", "q", "CR-1", "CR-99"),
    ("audit", "account", HIDDEN, NOBODY),
    ("audit", "q", "veiled-vault", NO_NAME),
    ("audit", "actor", "hugo", "nemo"),
    ("policy-explain", "key", "veiled-vault-1", NO_NAME),
    ("policy-explain", "key", HIDDEN_KEY, NO_KEY),
    ("keys-move", "key", f"{HIDDEN}/{HIDDEN_KEY}", f"{NOBODY}/{NO_KEY}"),
    ("keys-move", "put_back", "BR-2", "BR-99"),
    ("audit", "q", "AR-1", "AR-99"),
    ("audit", "q", "CR-1", "CR-99"),
    ("audit", "q", HIDDEN, NOBODY),
    ("audit", "q", HIDDEN_KEY, NO_KEY),
)


@pytest.mark.parametrize(("view", "field", "hidden", "missing"), FILTERS)
def test_a_filter_that_names_something_hidden_finds_what_one_that_names_nothing_finds(
    world: World, view: str, field: str, hidden: str, missing: str
) -> None:
    client = client_of(world.pia)
    answers = [told(client.get(reverse(view), {field: text}), *text.split("/")) for text in (hidden, missing)]
    assert answers[0] == answers[1]


def policy_with(**over: object) -> dict[str, object]:
    document = {"name": "mine", "rule": "approve", "requirements": [{"group": "", "at_least": 1}], **over}
    return {"as": "json", "document": json.dumps(document), "why": "x"}


@pytest.mark.parametrize("step", ["preview", "propose"])
@pytest.mark.parametrize("field", ["accounts", "number", "group", "emergency_group"])
def test_a_proposal_tells_nobody_which_accounts_and_groups_there_are(
    world: World, step: str, field: str
) -> None:
    client, answers = client_of(world.pia), []
    for account, number, group in (
        ("veiled-archive", HIDDEN, "veiled-team"),
        (NO_NAME, NOBODY, "no-such-team"),
    ):
        over: dict[str, object] = {
            "accounts": {"applies_to": {"accounts": [OWN, account]}},
            "number": {"applies_to": {"accounts": [OWN, number]}},
            "group": {"requirements": [{"group": group, "at_least": 1}]},
            "emergency_group": {"emergency_group": group},
        }[field]  # type: ignore[assignment]
        response = client.post(reverse("policy-new"), {"step": step, **policy_with(**over)})
        # The hashes are over what was typed.
        text = re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", told(response, account, number, group))
        answers.append(text)
    assert answers[0] == answers[1]


def test_a_form_offers_no_hidden_group(world: World) -> None:
    client = client_of(world.pia)
    fields = {"as": "form", "step": "preview", "emergency_group": "veiled-team"}
    for url, sent in product(
        [reverse("policy-new"), reverse("policy-propose", args=["payments"])], [None, fields]
    ):
        response = client.post(url, sent) if sent else client.get(url)
        assert hidden_words(world, response, "veiled-team" if sent else "") == []


def traces_on_pages(world: World) -> dict[str, list[str]]:
    client = client_of(world.pia)
    found = {url: hidden_words(world, client.get(url)) for url in own_addresses(world)}
    return {url: words for url, words in found.items() if words}


@pytest.mark.parametrize("verb", ["approve", "reject", "cancel", "run"])
def test_deciding_about_a_part_of_a_batch_tells_of_no_other_line(world: World, verb: str) -> None:
    client, url = client_of(world.pia), reverse(f"batch-{verb}", args=[world.mixed.ref])
    for plan in (world.mixed.plan_sha256, part_seen_by(world.pia, world.mixed).plan_sha256):
        sent = {"plan_sha256": plan, "reason": "No.", "comment": "Read."}
        assert hidden_words(world, client.post(url, sent, follow=True)) == []
        assert hidden_words(world, client.post(url, sent, follow=True)) == []
    advance(world.mixed, now=timezone.now())
    assert traces_on_pages(world) == {}


def test_what_becomes_of_the_other_lines_shows_nowhere(world: World) -> None:
    reject_batch(world.mixed, by=world.hugo, reason="veiled, because of that", now=timezone.now())
    advance(world.mixed, now=timezone.now())
    own = world.mixed.changes.filter(key__account=world.payments)
    assert {line.state for line in own} == {"cancelled"}
    assert traces_on_pages(world) == {}


def test_what_is_theirs_they_see(world: World) -> None:
    client = client_of(world.pia)
    policies = client.get(reverse("policies")).content.decode()
    assert "/policies/common/" in policies
    assert "/policies/payments/" in policies
    assert "platform" in client.get(reverse("groups")).content.decode()
    assert "2 keys in one request" in client.get(reverse("batch", args=[world.mixed.ref])).content.decode()
    for name in ("common", "payments"):
        assert client.get(reverse("policy-propose", args=[name])).status_code == 200


def test_nobody_proposes_under_the_name_of_a_hidden_policy(world: World) -> None:
    sent = {"step": "propose", **policy_with(name="veiled-vaults")}
    response = client_of(world.pia).post(reverse("policy-new"), sent)
    assert response.status_code == 200
    assert not PolicyVersion.objects.filter(proposer=world.pia).exists()
    assert hidden_words(world, response, "veiled-vaults") == []


def test_a_message_tells_each_what_they_may_see_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told_to: dict[str, str] = {}

    def listen(_topic: object, *, body: str, people: list[User], **_: object) -> None:
        told_to.update({person.username: body for person in people})

    withdraw(world.proposal, by=world.ada, now=timezone.now())
    monkeypatch.setattr(notifications, "announce", listen)
    rules = Rules(name="common", rule=Rule.APPROVE, requirements=(Requirement("", 1),))
    propose(rules, name="common", by=world.ada, why="Simpler.", now=timezone.now())
    assert [world.traces.search(told_to[name]) for name in ("pia", "paul")] == [None, None]
