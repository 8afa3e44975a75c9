"""A policy may count only approvals that a second factor proved: at the vote, at the gate, and beforehand."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.audit.given_proof import GivenProof
from keyconsole.changes.approvals.decide import approve, withdraw
from keyconsole.changes.approvals.run_gate import RunDecision, gate
from keyconsole.changes.authorization import may_approve
from keyconsole.changes.batches.decide import approve_batch, may_approve_batch
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.models import Approval, Change
from keyconsole.changes.quorum import quorum_of, quorums_of
from keyconsole.changes.requests.request import request_move
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Inventory
from tests.changes.approvals.teams import hold_for_payments

pytestmark = pytest.mark.django_db
PASSWORD, PASSKEY = GivenProof("password", NOW), GivenProof("passkey", NOW)
TOKEN = GivenProof("token pipeline", NOW)


def give_factor(*people: User) -> None:
    for person in people:
        Authenticator.objects.create(user=person, type="totp", data={})


@pytest.fixture
def strict(cast: Cast, inventory: Inventory) -> Cast:
    """Payments asks Ben and Bea for a second factor, and both have one."""
    hold_for_payments(cast, second_factor=True)
    give_factor(cast.ben, cast.bea)
    return cast


def asked(cast: Cast, inventory: Inventory, **over: Any) -> Change:
    wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer.", "token": "t" * 32, "now": NOW}
    return request_move(inventory.card_vault, **{**wish, **over})


def vote(change: Change, person: User, proof: GivenProof | None) -> None:
    approve(change, by=person, plan_sha256=change.plan_sha256, now=NOW, proof=proof)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


@pytest.mark.parametrize("proof", [PASSWORD, TOKEN, GivenProof("sign-in", NOW), None])
def test_a_vote_without_one_is_refused_and_says_what_to_do(
    strict: Cast, inventory: Inventory, proof: GivenProof | None
) -> None:
    change = asked(strict, inventory)
    with pytest.raises(Refused, match="Approve on the page in the browser") as refused:
        vote(change, strict.ben, proof)
    assert codes(refused) == ["second-factor-needed"]
    assert not Approval.objects.exists()


@pytest.mark.parametrize("how", ["totp", "passkey", "recovery code"])
def test_votes_with_one_count_and_keep_it(strict: Cast, inventory: Inventory, how: str) -> None:
    change = asked(strict, inventory)
    for person in (strict.ben, strict.bea):
        vote(change, person, GivenProof(how, NOW))
    assert change.state == "approved"
    assert gate(change, now=NOW).decision == RunDecision.RUN
    assert set(Approval.objects.values_list("proof", "proved_at")) == {(how, NOW)}


def test_who_has_none_reads_what_to_do_before_they_decide(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast, second_factor=True)
    give_factor(cast.ben, cast.bea)
    change = asked(cast, inventory)
    Authenticator.objects.filter(user=cast.ben).delete()
    verdict = may_approve(cast.ben, change, now=NOW)
    assert [reason.code for reason in verdict.reasons] == ["second-factor-needed"]
    assert "Set up a passkey" in verdict.reasons[0]
    assert may_approve(cast.bea, change, now=NOW).allowed


def test_who_is_not_asked_hears_nothing_of_factors(strict: Cast, inventory: Inventory) -> None:
    verdict = may_approve(strict.cleo, asked(strict, inventory), now=NOW)
    assert [reason.code for reason in verdict.reasons] == ["not-an-approver"]


def test_the_page_waits_for_people_with_a_second_factor(strict: Cast, inventory: Inventory) -> None:
    quorum = quorum_of(asked(strict, inventory))
    assert "1 more of platform with a second factor: ben." in quorum.waits_for


def test_rules_that_ask_for_it_later_ask_again(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast)
    change = asked(cast, inventory)
    vote(change, cast.ben, PASSWORD)
    vote(change, cast.bea, PASSKEY)
    assert gate(change, now=NOW).decision == RunDecision.RUN
    hold_for_payments(cast, second_factor=True)
    give_factor(cast.ben, cast.bea)
    held = gate(change, now=NOW)
    assert held.decision == RunDecision.ASK_AGAIN
    assert "asks for 1 from platform and 1 from security with a second factor." in held.reasons[0]
    assert quorum_of(change).missing == 1
    assert quorum_of(change).wants("ben")
    assert not quorum_of(change).wants("bea")


def test_who_approved_without_one_takes_it_back_and_approves_again(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast)
    change = asked(cast, inventory)
    vote(change, cast.ben, PASSWORD)
    hold_for_payments(cast, second_factor=True)
    give_factor(cast.ben, cast.bea)
    with pytest.raises(Refused, match="take that approval back, then approve again") as refused:
        vote(change, cast.ben, PASSKEY)
    assert codes(refused) == ["second-factor-needed"]
    withdraw(change, by=cast.ben, now=NOW)
    vote(change, cast.ben, PASSKEY)
    vote(change, cast.bea, PASSKEY)
    assert change.state == "approved"


def test_rules_of_the_request_that_asked_for_it_still_do(strict: Cast, inventory: Inventory) -> None:
    change = asked(strict, inventory)
    hold_for_payments(strict)
    with pytest.raises(Refused, match="second factor"):
        vote(change, strict.ben, PASSWORD)
    Approval.objects.create(
        change=change,
        approver=strict.ben,
        requester=strict.ana,
        plan_sha256=change.plan_sha256,
        approved_at=NOW,
    )
    assert quorum_of(change).missing == 2


def test_a_request_under_rules_of_before_goes_on_as_it_was(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast)
    change = asked(cast, inventory)
    rules = {name: value for name, value in change.rules.items() if name != "second_factor"}
    Change.objects.filter(pk=change.pk).update(rules=rules)
    change.refresh_from_db()
    vote(change, cast.ben, None)
    vote(change, cast.bea, PASSWORD)
    assert change.state == "approved"


def test_many_changes_at_once_are_judged_alike(strict: Cast, inventory: Inventory) -> None:
    change = asked(strict, inventory)
    vote(change, strict.ben, PASSKEY)
    assert quorums_of(Change.objects.all())[change.pk] == quorum_of(change)


def test_nobody_asks_for_what_nobody_could_approve(cast: Cast, inventory: Inventory) -> None:
    hold_for_payments(cast, second_factor=True)
    give_factor(cast.bea)
    with pytest.raises(Refused, match="1 more of platform with a second factor needed"):
        asked(cast, inventory)


def test_a_batch_asks_for_it_as_its_lines_do(strict: Cast, inventory: Inventory) -> None:
    now = timezone.now()
    keys = [inventory.card_vault]
    wish = {"to_region": "eu-west-1", "by": strict.ana, "reason": "Closer.", "token": "b" * 32}
    batch = request_batch(keys, now=now, **wish)  # type: ignore[arg-type]
    facts = {"plan_sha256": batch.plan_sha256, "now": now}
    with pytest.raises(Refused, match="second factor"):
        approve_batch(batch, by=strict.ben, proof=PASSWORD, **facts)  # type: ignore[arg-type]
    assert approve_batch(batch, by=strict.ben, proof=PASSKEY, **facts) == 1  # type: ignore[arg-type]
    Authenticator.objects.filter(user=strict.bea).delete()
    assert "Set up a passkey" in may_approve_batch(strict.bea, batch, now=now).reasons[0]
