"""The page of one policy: what holds, its versions, and deciding on the one that is proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.versions.propose import agree, reject
from tests.cast import NOW, Cast, Inventory, hold
from tests.web.proposals import PAYMENTS, WHY, press, proposed, queries_beside_the_frame, staffed

pytestmark = pytest.mark.django_db
URL = "/policies/payments/"
STRICTER = replace(PAYMENTS, reason_at_least=40)


@pytest.fixture
def waiting(cast: Cast, inventory: Inventory) -> PolicyVersion:
    staffed(cast)
    hold(PAYMENTS)
    return proposed(cast, STRICTER)


def text(client: Client, url: str = URL) -> str:
    return " ".join(client.get(url).content.decode().split())


def post(client: Client, verb: str, version: PolicyVersion, **fields: str) -> str:
    data = {"version": str(version.number), "sha256": version.sha256, **fields}
    return client.post(f"{URL}{verb}/", data, follow=True).content.decode()


def test_it_says_all_that_holds_in_words_and_as_json(waiting: PolicyVersion, as_ana: Client) -> None:
    content = text(as_ana)
    for words in ("1 from platform and 1 from security", "at most 3 days", "no emergency path"):
        assert words in content
    assert "&quot;request_lives_hours&quot;: 72" in content


def test_it_shows_what_the_proposal_changes_and_for_which_keys(
    waiting: PolicyVersion, as_ana: Client
) -> None:
    content = text(as_ana)
    for words in ("needed, of any length", "at least 40 characters", WHY, waiting.sha256, "card-vault"):
        assert words in content
    impact = as_ana.get(URL).context["proposal"].impact
    assert [[key.name for key in each.keys] for each in impact.shifted] == [["card-vault", "ledger"]]
    [stricter] = impact.shifted[0].effect.comparisons
    assert (stricter.label, stricter.bearing) == ("Reason", "stricter")


def test_two_agree_and_it_holds(waiting: PolicyVersion, as_ben: Client, as_bea: Client) -> None:
    assert "It does not hold yet: others still have to agree." in post(
        as_ben, "agree", waiting, comment="Fine"
    )
    assert "You have voted on payments version 2 already." in text(as_ben)
    assert "It holds from now on." in post(as_bea, "agree", waiting)
    waiting.refresh_from_db()
    assert waiting.state == "active"
    assert Entry.objects.filter(event="policy.agreed").count() == 2
    assert "ben agreed" in text(as_ben)
    assert "What it changed in version 1" in text(as_ben)


def test_the_forms_of_the_page_carry_what_is_decided_on(
    waiting: PolicyVersion, as_ada: Client, as_ben: Client
) -> None:
    told = press(as_ben, URL, f"{URL}agree/", comment="Read.")
    assert "You agreed to payments version 2." in told
    assert "payments version 2 is withdrawn." in press(as_ada, URL, f"{URL}withdraw/")


def test_the_form_of_a_rejection_carries_it_too(waiting: PolicyVersion, as_ben: Client) -> None:
    assert "You rejected payments version 2." in press(as_ben, URL, f"{URL}reject/", reason="No.")


def test_a_double_click_counts_once(waiting: PolicyVersion, as_ben: Client) -> None:
    post(as_ben, "agree", waiting)
    assert "You have voted on payments version 2 already." in post(as_ben, "agree", waiting)
    assert waiting.votes.count() == 1


def test_another_hash_than_the_one_read_is_refused(waiting: PolicyVersion, as_ben: Client) -> None:
    assert "says something else than what you read" in post(as_ben, "agree", waiting, sha256="f" * 64)
    assert not waiting.votes.exists()


def test_one_rejection_with_a_reason_ends_it(waiting: PolicyVersion, as_ben: Client) -> None:
    assert "Say why you reject it" in post(as_ben, "reject", waiting)
    assert "What held before goes on holding." in post(as_ben, "reject", waiting, reason="Too long")
    waiting.refresh_from_db()
    assert waiting.state == "rejected"
    assert "Too long" in text(as_ben)
    assert "payments version 2 is rejected." in post(as_ben, "agree", waiting)


def test_who_proposed_it_withdraws_it_and_decides_nothing(waiting: PolicyVersion, as_ada: Client) -> None:
    assert "You proposed payments version 2: others have to decide on it." in text(as_ada)
    for verb in ("agree", "reject"):
        assert "You proposed payments version 2" in post(as_ada, verb, waiting, reason="No")
    assert "is withdrawn" in post(as_ada, "withdraw", waiting)
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"


@pytest.mark.parametrize("verb", ["agree", "reject", "withdraw"])
def test_those_who_are_not_asked_decide_nothing(waiting: PolicyVersion, as_ana: Client, verb: str) -> None:
    content = post(as_ana, verb, waiting, reason="No")
    assert "does not need your agreement" in content or "Only who proposed it" in content
    waiting.refresh_from_db()
    assert waiting.state == "proposed"


@pytest.mark.parametrize("verb", ["agree", "reject", "withdraw"])
def test_deciding_takes_posts_by_people_with_a_role_on_versions_that_are_there(
    waiting: PolicyVersion, as_ben: Client, as_dan: Client, anonymous: Client, verb: str
) -> None:
    url = f"{URL}{verb}/"
    assert as_ben.get(url).status_code == 405
    assert as_dan.post(url, {"version": "2"}).status_code == 403
    assert anonymous.post(url).headers["Location"].startswith("/sign-in/")
    for number in ("", "9", "9" * 30, "²", "-2", "\x00"):
        assert as_ben.post(url, {"version": number}).status_code == 404
    assert as_ben.post(f"/policies/nothing/{verb}/", {"version": "2"}).status_code == 404


def test_a_policy_that_is_not_there_is_not_there(as_ana: Client) -> None:
    for name in ("nothing", "x" * 300, "Alone"):
        assert as_ana.get(f"/policies/{name}/").status_code == 404
        assert as_ana.get(f"/policies/{name}/propose/").status_code == 404


def test_it_tells_versions_that_were_put_in_place_rejected_and_retired(
    cast: Cast, waiting: PolicyVersion, as_ana: Client, client_as: Callable[[str], Client]
) -> None:
    reject(waiting, by=cast.ben, reason="No", now=NOW)
    ended = proposed(cast, None)
    for person in (cast.ben, cast.bea):
        agree(ended, by=person, sha256=ended.sha256, now=NOW)
    content = text(as_ana)
    for words in ("retired", "Ends the policy.", "Version 3", "Rejected", "Superseded", "ben rejected it"):
        assert words in content
    assert "Propose a change" in text(client_as("ben"))


def test_keys_and_accounts_of_others_are_neither_named_nor_counted(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    RoleGrant.objects.create(
        person=cast.cleo, role="approver", account=cast.archive, granted_by="ada", granted_at=NOW
    )
    every_alias = Rules(
        name="cold", rule=Rule.CONFIRM, applies_to=Selector(aliases=("*",)), reason_at_least=9
    )
    proposed(cast, every_alias, name="cold")
    content = text(as_ana, "/policies/cold/")
    assert "old-vault" not in content.partition("Versions")[0]
    assert "accounts that you may see" in content
    assert "another account" not in content
    assert "archive" not in content.partition("Versions")[0]


def test_the_number_of_queries_does_not_grow_with_versions_and_votes(
    cast: Cast, waiting: PolicyVersion, as_ben: Client
) -> None:
    agree(waiting, by=cast.bea, sha256=waiting.sha256, now=NOW)
    with_two = queries_beside_the_frame(as_ben, URL)
    reject(waiting, by=cast.ben, reason="No", now=NOW)
    agree(proposed(cast, STRICTER), by=cast.bea, sha256=STRICTER.rules_sha256, now=NOW)
    assert (with_two, queries_beside_the_frame(as_ben, URL)) == (32, 32)
