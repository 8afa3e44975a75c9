"""The page of one change: live while it moves, still when it ended, honest when AWS refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.events import Event
from keyconsole.changes.models import Answer, Attempt, Change
from keyconsole.notifications.models import Delivery
from keyconsole.policies.document.rules import Selector
from keyconsole.web.changes import timeline
from tests.cast import Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments
from tests.conftest import HTMX
from tests.web.stories import ask, called, looked, put_in, refused, settling

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/"
QUERIES = 19


@pytest.fixture
def moving(cast: Cast, inventory: Inventory) -> Change:
    return settling(cast.ana, inventory.card_vault, now=timezone.now())


def content_of(client: Client, path: str = URL, **extra: object) -> str:
    response = client.get(path, **extra)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def test_while_it_moves_it_says_awss_word_and_that_encryption_goes_on(moving: Change, as_ana: Client) -> None:
    content = content_of(as_ana)
    assert "Updating" in content
    assert "Encryption and decryption go on in every Region." in content
    assert 'class="move moving"' in content


def test_the_plan_shows_by_which_tags_and_aliases_policies_choose(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    hold_for_payments(cast)
    hold_for_payments(cast, name="gold", applies_to=Selector(tags={"tier": "gold"}, aliases=("card-*",)))
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    content = " ".join(content_of(as_ben).split())
    assert "Policies choose by" in content
    assert "is not among the tags" in content
    assert "alias/card-vault" in content
    assert "of the primary in us-east-1" in content


def test_while_it_moves_the_page_asks_every_two_seconds(moving: Change, as_ana: Client) -> None:
    content = content_of(as_ana)
    assert f'hx-get="{URL}?seen={moving.version}" hx-trigger="every 2s"' in content


def test_a_poll_that_has_the_newest_gets_nothing(moving: Change, as_ana: Client) -> None:
    assert as_ana.get(URL, {"seen": moving.version}, headers=HTMX).status_code == 204


def test_a_poll_gets_the_change_and_its_status_line(moving: Change, as_ana: Client) -> None:
    content = content_of(as_ana, f"{URL}?seen=1", headers=HTMX)
    assert "<html" not in content
    assert '<section id="change"' in content
    assert 'id="change-status" hx-swap-oob="innerHTML"' in content


def test_only_the_status_line_is_read_out(moving: Change, as_ana: Client) -> None:
    content = content_of(as_ana)
    assert content.count("aria-live") == 1
    said = content.partition(
        '<div id="change-status" class="visually-hidden" role="status" aria-live="polite">'
    )
    assert "CR-1 is settling. AWS says Updating." in said[2].partition("</div>")[0]


def test_when_it_has_ended_it_polls_no_more(moving: Change, as_ana: Client) -> None:
    put_in(moving, "done", outcome="eu-west-1 was the primary in every Region.", closed_at=timezone.now())
    content = content_of(as_ana)
    assert "hx-trigger" not in content.partition('id="change"')[2]
    assert "eu-west-1 was the primary in every Region." in content


def closed(change: Change, state: str, **fields: object) -> Change:
    """A week ago."""
    return put_in(change, state, closed_at=timezone.now() - timedelta(days=7), **fields)


def words_of(client: Client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content_of(client).partition("<main")[2]).split())


def test_a_change_that_ended_is_told_as_of_its_end(moving: Change, as_ana: Client) -> None:
    looked(moving, 3, "settled", at=timezone.now() - timedelta(days=7))
    ended = closed(moving, "done", outcome="eu-west-1 was the primary in every Region.")
    words = words_of(as_ana)
    told = words.partition("Done ")[2]
    assert told.startswith(f"{ended.closed_at:%Y-%m-%d %H:%M:%S} UTC")
    assert "eu-west-1 was the primary in every Region." in told
    assert "At the end Primary" in words
    assert "State at the last look Enabled" in words
    assert "What could run was this plan or nothing." in words
    for wrong in ("Now", "State now", "is read again first", "looked now"):
        assert wrong not in words


def test_what_ended_before_anybody_looked_shows_no_state_of_today(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    closed(ask(cast.ana, inventory.card_vault, at=timezone.now()), "cancelled")
    words = words_of(as_ana)
    assert "State when it was asked for Enabled" in words
    assert "Looked never: it ended before" in words
    assert "Before Primary Asked for Replica" in words
    assert "never looked" in words


def test_what_waits_shows_the_plan_and_that_nobody_looked(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    words = words_of(as_ana)
    assert "State when it was asked for Enabled Looked not yet" in words
    assert "Before Primary After Replica" in words


def test_while_it_settles_the_sentence_has_the_time_of_the_look(moving: Change, as_ana: Client) -> None:
    last = moving.observations.order_by("-round")[0].looked_at
    words = words_of(as_ana)
    assert "AWS says Updating." in words
    assert f"At the last look, {last:%Y-%m-%d %H:%M:%S} UTC" in words


def test_between_the_call_and_its_answer_it_does_not_say_that_it_looks(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    put_in(change, "executing")
    assert "A worker took it, to look at the key in every Region" in words_of(as_ana)
    called(change, Answer.NONE_YET, at=timezone.now())
    assert "began the one call; its answer is not known yet." in words_of(as_ana)


def test_a_closed_change_waits_for_no_answer(moving: Change, as_ana: Client) -> None:
    Attempt.objects.update(answer=Answer.NONE_YET, answered_at=None)
    closed(moving, "done", outcome="eu-west-1 was the primary in every Region.")
    words = words_of(as_ana)
    assert "No answer came from AWS; what was seen afterwards decided." in words
    assert "Answered never" in words
    assert "may or may not have happened" not in words


def test_a_key_that_is_gone_is_not_unknown_and_not_denied(moving: Change, as_ana: Client) -> None:
    for region, sight in (("us-east-1", "gone"), ("us-west-2", "denied")):
        moving.observations.create(
            round=3, region=region, looked_at=timezone.now(), sight=sight, problem=f"{region}: no."
        )
    words = words_of(as_ana)
    assert "At the last look Gone" in words
    assert "Denied us-west-2: no." in words
    assert "Unknown" not in words


def test_who_was_told_is_followed_by_the_poll(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    hold_for_payments(cast)
    User.objects.filter(username="ben").update(email="ben@example.org")
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    seen = {"seen": as_ana.get(URL).context["version"]}
    assert as_ana.get(URL, seen, headers=HTMX).status_code == 204
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    assert "Sent to ben, the last at" in as_ana.get(URL, seen, headers=HTMX).content.decode()


def test_a_pending_page_learns_of_an_approval_within_five_seconds(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    put_in(ask(cast.ana, inventory.card_vault, at=timezone.now()), "pending")
    assert 'hx-trigger="every 5s"' in content_of(as_ana)


def test_overdue_is_said_without_giving_up(moving: Change, as_ana: Client) -> None:
    put_in(moving, "settling", overdue_since=timezone.now())
    content = content_of(as_ana)
    assert "Overdue" in content
    assert "looked at in every Region until it settles" in content


def test_a_refusal_names_the_key_the_region_and_what_to_do(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    refused(cast.ana, inventory.card_vault, now=timezone.now())
    content = content_of(as_ana)
    assert "AWS refused the call" in content
    assert "DisabledException" in content
    assert "The key in eu-west-1 was Disabled." in content
    assert "Enable it in eu-west-1, then ask again." in content
    assert f'<a href="{inventory.card_vault.get_absolute_url()}">card-vault in eu-west-1</a>' in content
    assert "req-2" in content


def test_a_lost_answer_is_not_called_a_failure(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    now = timezone.now()
    change = ask(cast.ana, inventory.card_vault, at=now)
    called(change, Answer.LOST, at=now)
    put_in(change, "settling", deadline_at=now + timedelta(minutes=15))
    content = content_of(as_ana)
    assert "The answer was lost" in content
    assert "may or may not have happened" in content


def test_the_plan_its_hash_the_reason_and_who_asked_are_there(moving: Change, as_ana: Client) -> None:
    content = content_of(as_ana)
    for text in (moving.plan_sha256, "Evacuation exercise", "SEC-7", moving.plan["key_arn"]):
        assert text in content
    assert "nobody else: made alone, behind the typed confirmation" in content


def test_the_timeline_is_the_record_newest_first(moving: Change, as_ana: Client) -> None:
    moments = as_ana.get(URL).context["timeline"]
    assert [moment.entry.event for moment in moments] == ["change.approved", "change.requested"]


def test_what_happens_to_changes_and_batches_has_a_look_of_its_own() -> None:
    told = {event for event in Event if event.startswith(("change.", "batch.", "emergency."))}
    assert sorted(told - set(timeline._STYLES)) == []


def test_the_timeline_says_the_way_only_where_it_was_not_a_page(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    facts = [name for moment in as_ana.get(URL).context["timeline"] for name, _ in moment.facts]
    assert "via" not in facts
    assert "rules" not in facts
    assert "reason" in facts


def test_what_the_checks_said_is_folded_while_all_were_ok(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    checks = content_of(as_ana).partition('id="fold-checks"')[2]
    assert checks.startswith(">")
    assert re.search(r"<span>\d+ passed</span>", checks.partition("</summary>")[0])


def test_checks_that_warned_are_open_with_their_word(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    inventory.card_vault.region_keys.update(details_at=None, policy="", policy_sha256="")
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    response = as_ana.get(URL)
    assert {check["answer"] for check in response.context["checks"]} <= {"ok", "warning", "unknown"}
    assert response.context["checks_not_ok"]
    checks = response.content.decode().partition('id="fold-checks"')[2]
    assert checks.startswith(" open>")
    first = checks.partition('<ul class="checks">')[2].partition("</li>")[0]
    assert 'data-value="ok"' not in first


def test_equal_looks_in_a_row_are_one_line(moving: Change, as_ana: Client) -> None:
    rounds = as_ana.get(URL).context["rounds"]
    assert [(row.first, row.last, row.is_before_the_call) for row in rounds] == [(1, 2, False), (0, 0, True)]


def test_a_region_that_could_not_be_read_is_unknown_with_the_reason(moving: Change, as_ana: Client) -> None:
    moving.observations.create(
        round=3, region="us-west-2", looked_at=timezone.now(), problem="No answer from KMS in us-west-2."
    )
    assert "No answer from KMS in us-west-2." in content_of(as_ana)


def test_the_requester_may_cancel_before_it_runs(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    assert 'href="/changes/CR-1/cancel/"' in content_of(as_ana)


def test_others_read_why_they_may_not_in_the_words_of_the_refusal(moving: Change, as_ben: Client) -> None:
    content = content_of(as_ben)
    assert 'href="/changes/CR-1/cancel/"' not in content
    assert "CR-1 is settling: only what has not begun can be cancelled." in content
    assert "Only who asked for a change, or an administrator, may cancel it." in content


def test_hostile_words_of_aws_are_shown_as_text(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    now = timezone.now()
    change = ask(cast.ana, inventory.card_vault, at=now)
    called(change, Answer.REFUSED, at=now, error_code="<b>", error_message="<script>alert(1)</script>")
    content = content_of(as_ana)
    assert "<script>alert" not in content
    assert "<b>" not in content


def test_changes_outside_ones_accounts_are_not_there(moving: Change, cast: Cast, as_ana: Client) -> None:
    cast.payments.role_grants.filter(person=cast.ana).delete()
    assert as_ana.get(URL).status_code == 404


@pytest.mark.parametrize(
    "ref", ["CR-2", "CR-", "CR-01", "cr-1", "1", "CR-9" * 9, "CR-%00", "CR-%C2%B2", "x" * 3000]
)
def test_other_references_are_not_there(moving: Change, as_ana: Client, ref: str) -> None:
    assert as_ana.get(f"/changes/{ref}/").status_code == 404


def test_it_takes_no_posts(moving: Change, as_ana: Client) -> None:
    assert as_ana.post(URL).status_code == 405


def test_people_without_a_role_may_not_open_it(moving: Change, as_dan: Client) -> None:
    assert as_dan.get(URL).status_code == 403


def test_signed_out_people_are_sent_to_sign_in(moving: Change, anonymous: Client) -> None:
    assert anonymous.get(URL).headers["Location"].startswith("/sign-in/")


def test_a_signed_out_poll_moves_the_window_instead_of_the_fragment(
    moving: Change, anonymous: Client
) -> None:
    response = anonymous.get(URL, {"seen": "1"}, headers=HTMX)
    assert response.headers["HX-Redirect"].startswith("/sign-in/")
    assert response.content == b""


def test_the_number_of_queries_does_not_grow_with_the_looks(
    moving: Change, as_ana: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_ana.get(URL)
    with django_assert_num_queries(QUERIES):
        as_ana.get(URL)
    for number in range(3, 40):
        looked(moving, number, "before" if number % 2 else "moving", at=timezone.now())
    with django_assert_num_queries(QUERIES):
        as_ana.get(URL)
    with django_assert_num_queries(5) as polled:
        as_ana.get(URL, {"seen": moving.version}, headers=HTMX)
    assert "plan" not in polled.captured_queries[-1]["sql"], "a poll reads what tells whether it is new"
