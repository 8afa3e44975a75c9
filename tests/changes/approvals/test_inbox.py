"""What waits for a person: the same as the verbs' own verdicts say, in few queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.approvals.inbox import needing, needs_count, proposals_needing, wanted
from keyconsole.changes.authorization import may_approve, may_run
from keyconsole.changes.batches.decide import approve_batch, cancel_batch
from keyconsole.changes.batches.lines import Line
from keyconsole.changes.batches.request import BatchRequest, request_lines
from keyconsole.changes.models import Change
from keyconsole.changes.requests.break_glass import break_glass, may_review, review
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.states import State
from keyconsole.inventory.models import RegionKey
from keyconsole.policies.document.rules import Rule, Rules, Runs, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.policies.versions.propose import propose
from tests.cast import Cast, Inventory, Member, make_key, make_person
from tests.changes.approvals.teams import agree, hold_for_payments, join
from tests.changes.batches.given import ask_for, make_keys
from tests.web.stories import ask

pytestmark = pytest.mark.django_db


def refs(person: object) -> list[str]:
    return [change.ref for change in needing(person).newest_first()]  # type: ignore[arg-type]


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    """Needs one of platform (Ben) and one of security (Bea)."""
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def test_each_whose_vote_is_missing_is_needed_and_nobody_else(change: Change, cast: Cast) -> None:
    needed = {name for name in ("ana", "ben", "bea", "cleo", "dan", "ada") if refs(getattr(cast, name))}
    assert needed == {"ben", "bea"}
    assert wanted(change) == "your approval"


def test_who_has_voted_is_needed_no_more(change: Change, cast: Cast) -> None:
    agree(change, cast.ben, now=timezone.now())
    assert (refs(cast.ben), refs(cast.bea)) == ([], ["CR-1"])


def test_a_vote_that_would_fill_no_place_is_not_asked_for(change: Change, cast: Cast) -> None:
    cast.payments.role_grants.create(
        person=cast.cleo, role="approver", granted_by="ada", granted_at=timezone.now()
    )
    join("platform", cast.cleo)
    assert refs(cast.cleo) == ["CR-1"]
    agree(change, cast.ben, now=timezone.now())
    assert refs(cast.cleo) == []


def test_a_vote_that_counts_no_more_asks_the_others_again(change: Change, cast: Cast) -> None:
    join("platform", cast.bea)
    agree(change, cast.ben, now=timezone.now())
    cast.ben.memberships.all().delete()
    assert refs(cast.bea) == ["CR-1"]


def test_a_person_in_two_groups_is_needed_while_one_place_is_open(change: Change, cast: Cast) -> None:
    join("security", cast.ben)
    assert refs(cast.ben) == ["CR-1"]
    agree(change, cast.bea, now=timezone.now())
    assert refs(cast.ben) == ["CR-1"]


def test_by_the_default_every_approver_of_the_account_is_needed(cast: Cast, inventory: Inventory) -> None:
    PolicyVersion.objects.all().delete()
    ask(cast.ana, inventory.card_vault, at=timezone.now())
    assert [refs(person) for person in (cast.ben, cast.bea, cast.ana)] == [["CR-1"], ["CR-1"], []]


def test_an_approved_one_waits_for_its_requester_to_run_it(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(
        ask(cast.ana, inventory.card_vault, at=timezone.now()), cast.ben, cast.bea, now=timezone.now()
    )
    assert refs(cast.ana) == ["CR-1"]
    assert wanted(change) == "you to run it"
    assert refs(cast.ben) == []


def test_an_emergency_waits_for_the_review_of_those_it_skipped(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    now = timezone.now()
    reason = "It has to leave us-east-1 within the hour."
    wish = MoveRequest(key=inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason=reason, token="t")
    change = break_glass(wish, reauthenticated_at=now, now=now)
    Change.objects.update(state="done", closed_at=now)
    assert [refs(person) for person in (cast.ben, cast.bea, cast.ana)] == [["CR-1"], ["CR-1"], []]
    assert wanted(change) == "your review"
    review(change, by=cast.ben, was_right=True, comment="Fine.", now=now)
    assert refs(cast.bea) == []


def test_nothing_is_needed_outside_of_ones_accounts(change: Change, cast: Cast) -> None:
    cast.payments.role_grants.filter(person=cast.ben).delete()
    assert refs(cast.ben) == []


def test_a_proposed_policy_waits_for_who_has_to_agree(
    cast: Cast, inventory: Inventory, as_ben: Client
) -> None:
    hold_for_payments(cast)
    stricter = Rules(
        name="payments",
        rule=Rule.APPROVE,
        applies_to=Selector(accounts=("111122223333",)),
        requirements=(Requirement("security", 1),),
    )
    version = propose(stricter, name="payments", by=cast.ada, why="Fewer people.", now=timezone.now())
    assert proposals_needing(cast.ben) == [version]
    assert proposals_needing(cast.ada) == proposals_needing(cast.ana) == []
    assert needs_count(cast.ben) == 1
    content = as_ben.get("/changes/").content.decode()
    assert "payments version 2" in content
    assert "ada proposes it; it waits for your agreement" in content
    assert "payments version 2" in as_ben.get("/").content.decode()


def test_the_number_in_the_frame_and_on_the_tab_are_the_same(change: Change, as_bea: Client) -> None:
    response = as_bea.get("/changes/")
    assert {link.tab: link.count for link in response.context["tabs"]}["needs-me"] == 1
    content = response.content.decode()
    assert "needs your approval" in content
    assert "need you" in content


def test_a_batch_that_goes_to_several_regions_names_none_of_them(cast: Cast, as_ben: Client) -> None:
    hold_for_payments(cast)
    here, there = make_keys(cast.payments, 2)
    RegionKey.objects.filter(key=there, region="eu-west-1").update(region="eu-central-1")
    lines = (Line(here, "eu-west-1"), Line(there, "eu-central-1"))
    wish = BatchRequest(lines=lines, by=cast.ana, reason="Back where they were.", token="t")
    request_lines(wish, now=timezone.now())
    assert "to 2 Regions" in as_ben.get("/changes/?tab=needs-me").content.decode()


def bringing_on(person: User) -> set[str]:
    """The same, asked of the verbs' own verdicts one change at a time."""
    now = timezone.now()
    return {
        change.ref
        for change in Change.objects.all()
        if (change.is_emergency and may_review(person, change).allowed)
        or (change.state == State.PENDING and may_approve(person, change, now=now).allowed)
        or (
            change.state == State.APPROVED
            and change.run_at is None
            and may_run(person, change, now=now).allowed
        )
    }


def test_it_is_what_the_verdicts_say(change: Change, cast: Cast, inventory: Inventory) -> None:
    everybody = (cast.ana, cast.ben, cast.bea, cast.cleo, cast.dan, cast.ada)
    assert {person.username for person in everybody if bringing_on(person)} == {"ben", "bea"}
    for person in everybody:
        assert set(refs(person)) == bringing_on(person)
    agree(change, cast.ben, now=timezone.now())
    for person in everybody:
        assert set(refs(person)) == bringing_on(person)


def test_a_batch_counts_once_and_its_row_leads_to_it(cast: Cast, as_bea: Client, as_ben: Client) -> None:
    hold_for_payments(cast)
    batch = ask_for(make_keys(cast.payments, 3), cast, now=timezone.now())
    assert needs_count(cast.ben) == 1
    for url in ("/", "/changes/?tab=needs-me"):
        content = as_bea.get(url).content.decode()
        assert "3 keys" in content
        assert f'href="{batch.get_absolute_url()}"' in content
        assert "needs your approval" in content
        assert "/changes/CR-2/" not in content.partition("Latest changes")[0]
    approve_batch(batch, by=cast.ben, plan_sha256=batch.plan_sha256, now=timezone.now())
    assert (needs_count(cast.ben), needs_count(cast.bea)) == (0, 1)
    cancel_batch(batch, by=cast.ana, reason="Not today.", now=timezone.now())
    assert needs_count(cast.bea) == 0


def test_an_overdue_change_concerns_who_asked_and_who_approves_or_administers_there_or_everywhere(
    change: Change, cast: Cast
) -> None:
    now = timezone.now()
    make_person("bo", Role.APPROVER)
    make_person("rob", Role.APPROVER, accounts=(cast.research,))
    Change.objects.update(state=State.SETTLING, overdue_since=now, deadline_at=now)
    names = ("ana", "ben", "bea", "cleo", "dan", "ada", "bo", "rob")
    concerned = {name for name in names if refs(User.objects.get(username=name))}
    assert concerned == {"ana", "ben", "bea", "bo", "ada"}


def test_many_changes_cost_no_more_queries(
    change: Change, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    agree(change, cast.ben, now=now)
    queries = 9
    with django_assert_num_queries(queries):
        assert needs_count(cast.bea) == 1
    for number in range(12):
        key = make_key(
            cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"), seen_at=now
        )
        other = ask(cast.ana, key, at=now - timedelta(minutes=number))
        if number % 2:
            approve(other, by=cast.ben, plan_sha256=other.plan_sha256, now=now)
    with django_assert_num_queries(queries):
        assert needs_count(cast.bea) == 13
