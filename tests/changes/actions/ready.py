"""Each action of the two tables when somebody may do it: about what, by whom, with which inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from keyconsole.changes.actions.action import Action
from keyconsole.changes.actions.batch_actions import BATCH_ACTIONS
from keyconsole.changes.actions.change_actions import CHANGE_ACTIONS
from keyconsole.changes.batches.decide import approve_batch
from keyconsole.changes.execution import close
from keyconsole.changes.models import Attempt, Batch, Change
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.policies.document.rules import Rule, Rules, Runs
from keyconsole.policies.quorum.requirements import Requirement
from tests.cast import NOW, Cast, Inventory, hold
from tests.changes.approvals.teams import agree, hold_for_payments, join
from tests.changes.batches.given import ask_for, make_keys, one_approver

ACTIONS: dict[str, Action[Any, Any]] = {
    **{action.name: action for action in CHANGE_ACTIONS.values()},
    **{action.name: action for action in BATCH_ACTIONS.values()},
}


@dataclass(frozen=True)
class Ready:
    subject: Any
    by: User
    given: Any


def ready(name: str, cast: Cast, inventory: Inventory) -> Ready:
    make, who, values = _READY[name]
    subject = make(cast, inventory)
    told = {"plan_sha256": subject.plan_sha256, **values}
    return Ready(subject, getattr(cast, who), ACTIONS[name].given(told))


def pending(cast: Cast, inventory: Inventory, **rules: Any) -> Change:
    """Needs one of platform (Ben) and one of security (Bea)."""
    hold_for_payments(cast, **rules)
    wish: dict[str, Any] = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer.", "token": "t-1"}
    return request_move(inventory.card_vault, now=NOW, **wish)


def approved_once(cast: Cast, inventory: Inventory) -> Change:
    return agree(pending(cast, inventory), cast.ben)


def approved_by_hand(cast: Cast, inventory: Inventory) -> Change:
    """Approved, and waits for somebody to run it."""
    return agree(pending(cast, inventory, runs=Runs.BY_HAND), cast.ben, cast.bea)


def emergency(cast: Cast, inventory: Inventory) -> Change:
    """Ana skipped the approvals; Ben or Bea review it."""
    hold_for_payments(cast, emergency_group="on-call")
    join("on-call", cast.ana)
    reason = "It has to leave us-east-1 within the hour."
    wish = MoveRequest(
        key=inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason=reason, token="t-1"
    )
    return break_glass(wish, reauthenticated_at=NOW, now=NOW)


def pending_batch(cast: Cast, _: Inventory) -> Batch:
    """Needs one approver, Ben or Bea."""
    one_approver()
    return ask_for(make_keys(cast.payments, 2), cast)


def approved_batch(cast: Cast, _: Inventory) -> Batch:
    """Every line is approved, and waits for somebody to run it."""
    one_approver()
    hold(Rules(name="payments", rule=Rule.APPROVE, requirements=(Requirement("", 1),), runs=Runs.BY_HAND))
    batch = ask_for(make_keys(cast.payments, 2), cast)
    approve_batch(batch, by=cast.ben, plan_sha256=batch.plan_sha256, now=NOW)
    return batch


def overdue(cast: Cast, inventory: Inventory) -> Change:
    """Was sent, and has not settled by its deadline: nobody can tell what came of it."""
    change = pending(cast, inventory)
    sent = {"key_arn": change.plan["key_arn"], "to_region": change.to_region, "worker": "worker host-1"}
    Attempt.objects.create(change=change, plan_sha256=change.plan_sha256, started_at=NOW, **sent)
    Change.objects.filter(pk=change.pk).update(state="settling", overdue_since=NOW, due_at=NOW)
    change.refresh_from_db()
    return change


def asked_to_close(cast: Cast, inventory: Inventory) -> Change:
    change = overdue(cast, inventory)
    close.close(change, by=cast.ada, reason="The account is suspended.", now=NOW)
    return change


Make = Callable[[Cast, Inventory], Change | Batch]
_READY: dict[str, tuple[Make, str, dict[str, Any]]] = {
    "change-approve": (pending, "ben", {"comment": "Read twice."}),
    "change-reject": (pending, "bea", {"reason": "Not this week."}),
    "change-withdraw": (approved_once, "ben", {}),
    "change-review": (emergency, "ben", {"was_right": False, "comment": "It did not burn."}),
    "change-comment": (pending, "cleo", {"text": "Tested in research."}),
    "change-run": (approved_by_hand, "ana", {"run_at": None}),
    "change-cancel": (pending, "ana", {"reason": "Wrong key."}),
    "change-close": (overdue, "ada", {"reason": "The account is suspended."}),
    "change-agree": (asked_to_close, "ben", {}),
    "batch-approve": (pending_batch, "ben", {"comment": "Read twice."}),
    "batch-reject": (pending_batch, "bea", {"reason": "Not this week."}),
    "batch-cancel": (pending_batch, "ana", {"reason": "Wrong keys."}),
    "batch-run": (approved_batch, "ana", {}),
}
