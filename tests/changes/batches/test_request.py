"""Asking for many keys together: all of it or nothing, with a reason for each key."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.batches.request import LinesRefusedError
from keyconsole.changes.models import Batch, Change, OnFailure
from keyconsole.changes.plan.plan import plan_sha256
from keyconsole.changes.requests.request import request_move
from keyconsole.notifications.models import Delivery, Route
from keyconsole.policies.document.rules import Rule, Rules, Selector
from keyconsole.policies.models import PolicyVersion
from keyconsole.refusals import Refused
from tests.cast import NOW, hold
from tests.changes.batches.given import ask_for, lines_of, make_keys, one_approver, states_of

pytestmark = pytest.mark.django_db


def test_each_key_gets_a_change_of_its_own_under_one_plan(cast):
    one_approver()
    keys = make_keys(cast.payments, 3)
    batch = ask_for(keys, cast, ticket="SEC-9")
    lines = lines_of(batch)
    assert (batch.ref, states_of(batch)) == ("BR-1", ["pending"] * 3)
    assert [line.key_id for line in lines] == [key.pk for key in keys]
    assert {(line.to_region, line.ticket, line.requester_id) for line in lines} == {
        ("eu-west-1", "SEC-9", cast.ana.pk)
    }
    assert [line["plan_sha256"] for line in batch.plan["lines"]] == [line.plan_sha256 for line in lines]
    assert batch.plan_sha256 == plan_sha256(batch.plan)
    assert all(line.rules["name"] == "payments" and line.policy_why for line in lines)


def test_the_record_holds_the_batch_and_every_line(cast):
    batch = ask_for(make_keys(cast.payments, 2), cast)
    entry = Entry.objects.get(event="batch.requested")
    assert (entry.actor, entry.subject, entry.account_id) == ("ana", batch.ref, "111122223333")
    assert entry.data["plan_sha256"] == batch.plan_sha256
    assert Entry.objects.filter(event="change.requested").count() == 2


def test_one_key_that_cannot_be_asked_for_refuses_all_with_its_reason(cast, inventory):
    keys = [inventory.card_vault, inventory.ledger, *make_keys(cast.payments, 2)]
    with pytest.raises(LinesRefusedError) as refused:
        ask_for(keys, cast)
    [line] = refused.value.lines
    assert line.line.key == inventory.ledger
    assert "eu-west-1 already is the primary. There is nothing to move." in line.reasons
    assert "ledger: " in str(refused.value)
    assert not Batch.objects.exists()
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


def test_keys_of_accounts_where_the_person_may_not_ask_are_refused(cast, inventory):
    with pytest.raises(LinesRefusedError, match="Your roles do not let you make a primary in archive"):
        ask_for([inventory.card_vault, inventory.old_vault], cast, to_region="us-west-2")


def test_a_key_with_an_open_change_is_refused_by_its_name(cast):
    keys = make_keys(cast.payments, 2)
    one_approver()
    alone = {"to_region": "eu-west-1", "by": cast.ana, "reason": "First.", "token": "t", "now": NOW}
    request_move(keys[1], **alone)
    with pytest.raises(LinesRefusedError, match="card-01: CR-1 is already under way for this key"):
        ask_for(keys, cast)
    assert Change.objects.count() == 1


def test_each_lines_own_policy_judges_its_words_and_its_region(cast):
    keys = make_keys(cast.payments, 2)
    only_card_01 = Selector(aliases=("card-01",))
    hold(
        Rules(
            name="strict",
            rule=Rule.CONFIRM,
            applies_to=only_card_01,
            ticket_pattern=r"SEC-\d+",
            reason_at_least=30,
            allowed_regions=("us-west-2",),
        )
    )
    with pytest.raises(LinesRefusedError) as refused:
        ask_for(keys, cast)
    [line] = refused.value.lines
    assert line.line.key == keys[1]
    assert "The policy strict allows primaries in us-west-2 only." in line.reasons
    assert "Policy strict asks for a reason of at least 30 characters." in line.reasons
    assert r"Policy strict asks for a ticket of the form SEC-\d+." in line.reasons


def test_the_same_token_again_is_the_same_batch(cast):
    keys = make_keys(cast.payments, 2)
    first = ask_for(keys, cast, token="twice")
    assert ask_for(keys, cast, token="twice") == first
    assert Change.objects.count() == 2


def test_a_key_named_twice_is_one_line(cast):
    keys = make_keys(cast.payments, 2)
    assert len(lines_of(ask_for([*keys, *keys], cast))) == 2


@pytest.mark.parametrize(
    ("count", "words"), [(0, "Choose at least one key"), (10_000, "You chose 10,000 keys; .* at most 500")]
)
def test_no_keys_and_ten_thousand_are_refused_before_anything_is_read(
    cast, count, words, django_assert_num_queries
):
    [key] = make_keys(cast.payments, 1)
    with django_assert_num_queries(1), pytest.raises(Refused, match=words):
        ask_for([key] * count, cast, token="many")
    assert not Batch.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\x00b"])
def test_words_that_cannot_stand_refuse_everything(cast, reason):
    with pytest.raises(Refused):
        ask_for(make_keys(cast.payments, 2), cast, reason=reason)
    assert not Change.objects.exists()


def test_more_keys_cost_no_more_queries_to_judge(cast, django_assert_num_queries):
    few, many = make_keys(cast.payments, 3), make_keys(cast.research, 30)
    for keys in (few, many):
        with django_assert_num_queries(11), pytest.raises(LinesRefusedError):
            ask_for(keys, cast, to_region="ap-south-1")


def test_one_message_asks_for_all_lines(cast):
    Route.objects.create(name="ops", kind="webhook", url_env="OPS", topics=[], added_at=NOW, added_by="ada")
    one_approver()
    ask_for(make_keys(cast.payments, 5), cast)
    [told] = Delivery.objects.all()
    assert told.topic == "change.needs_you"
    assert told.subject == "BR-1 waits for approval: 5 primaries of payments"
    assert "CR-1: card-00" in told.body


def test_each_account_hears_of_its_own_lines_only(cast):
    for name, account in (("p", "111122223333"), ("r", "222233334444")):
        Route.objects.create(
            name=name, kind="webhook", url_env="OPS", accounts=[account], added_at=NOW, added_by="ada"
        )
    PolicyVersion.objects.all().delete()
    ask_for([*make_keys(cast.payments, 1), *make_keys(cast.research, 2)], cast)
    told = {name: Delivery.objects.get(route__name=name) for name in ("p", "r")}
    assert told["p"].subject == "BR-1 waits for approval: 1 primary of payments"
    assert "CR-2" not in told["p"].body
    assert told["r"].subject == "BR-1 waits for approval: 2 primaries of research"


def test_lines_that_one_person_may_confirm_are_approved_at_once_and_wait_for_the_rest(cast):
    one_approver()
    hold(Rules(name="free", rule=Rule.CONFIRM, applies_to=Selector(aliases=("card-00",))))
    batch = ask_for(make_keys(cast.payments, 2), cast, on_failure=OnFailure.CARRY_ON)
    assert states_of(batch) == ["approved", "pending"]
