"""Everything that the page of one batch shows, read from the database. Asks AWS nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Sum

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches import decide
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.batches.put_back import may_put_back
from keyconsole.changes.models import Batch, Change
from keyconsole.refusals import Verdict
from keyconsole.web.batches.forms import RunForm
from keyconsole.web.changes.forms import ApproveForm, CancelForm, RejectForm
from keyconsole.web.changes.timeline import timeline

Typed = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """What a person can do with a batch; texts may hold {ref}."""

    verb: str
    button: str
    explains: str
    done: str
    form: type[forms.Form]
    may: Callable[[User, Batch, datetime], Verdict]
    do: Callable[[Batch, User, Typed, datetime], None]
    style: str = ""

    @property
    def url_name(self) -> str:
        return f"batch-{self.verb}"

    def form_for(self, batch: Batch, typed: Any = None) -> forms.Form:
        return self.form(typed, auto_id=f"id_{self.verb}_%s", initial={"plan_sha256": batch.plan_sha256})


def _approve(batch: Batch, person: User, typed: Typed, now: datetime) -> None:
    agreed = {"plan_sha256": typed["plan_sha256"], "comment": typed["comment"]}
    decide.approve_batch(batch, by=person, now=now, **agreed)


def _reject(batch: Batch, person: User, typed: Typed, now: datetime) -> None:
    decide.reject_batch(batch, by=person, reason=typed["reason"], now=now)


def _cancel(batch: Batch, person: User, typed: Typed, now: datetime) -> None:
    decide.cancel_batch(batch, by=person, reason=typed["reason"], now=now)


def _run(batch: Batch, person: User, _typed: Typed, now: datetime) -> None:
    decide.run_batch(batch, by=person, now=now)


ACTIONS = {
    "approve": Action(
        verb="approve",
        button="Approve every line",
        explains="You agree to exactly this plan, by its SHA-256: to each line that waits for you.",
        done="You approved {ref}.",
        form=ApproveForm,
        may=lambda person, batch, now: decide.may_approve_batch(person, batch, now=now),
        do=_approve,
        style="primary",
    ),
    "run": Action(
        verb="run",
        button="Run the approved lines",
        explains="Lines that wait for somebody to run them begin in waves, within the quota of KMS.",
        done="{ref} will run.",
        form=RunForm,
        may=lambda person, batch, now: decide.may_run_batch(person, batch, now=now),
        do=_run,
        style="primary",
    ),
    "reject": Action(
        verb="reject",
        button="Reject the batch",
        explains="One no with its reason ends every line that has not begun.",
        done="{ref} is rejected. What had begun goes on being watched.",
        form=RejectForm,
        may=lambda person, batch, now: decide.may_reject_batch(person, batch, now=now),
        do=_reject,
        style="danger",
    ),
    "cancel": Action(
        verb="cancel",
        button="Cancel the rest",
        explains="Lines that have not begun are cancelled; those under way go on being watched.",
        done="{ref} is cancelled. What had begun goes on being watched.",
        form=CancelForm,
        may=lambda person, batch, now: decide.may_cancel_batch(person, batch),  # noqa: ARG005
        do=_cancel,
    ),
}


def version_of(batch: Batch) -> str:
    """Grows with everything that the page shows."""
    changes = batch.changes.aggregate(total=Sum("version"))["total"]
    return f"{changes}-{int(bool(batch.stopped_at))}{int(bool(batch.ended_at))}"


def batch_page(batch: Batch, *, person: User, now: datetime) -> dict[str, Any]:
    lines = _visible_lines(batch, person)
    progress = batch_progress(batch, lines)
    return {
        "batch": batch,
        "version": version_of(batch),
        "progress": progress,
        "hidden": len(batch.plan["lines"]) - len(lines),
        "poll": _poll(batch, in_flight=progress.in_flight),
        "actions": _actions(batch, person, now),
        "putting_back": may_put_back(batch),
        "timeline": timeline(list(Entry.objects.filter(subject=batch.ref).order_by("-number"))),
        "plan_text": _plan_text(batch, lines),
    }


def _plan_text(batch: Batch, lines: Sequence[Change]) -> str:
    """Without the lines that this person may not see; then its hash is not the plan's."""
    seen = {line.ref for line in lines}
    plan = {**batch.plan, "lines": [line for line in batch.plan["lines"] if line["change"] in seen]}
    return json.dumps(plan, indent=2, sort_keys=True, ensure_ascii=False)


def _visible_lines(batch: Batch, person: User) -> list[Change]:
    visible = batch.changes.visible_in(accounts_where(person, Permission.VIEW))
    return list(visible.select_related("key__account").order_by("number"))


def _poll(batch: Batch, *, in_flight: bool) -> str:
    if batch.ended_at:
        return ""
    return "2s" if in_flight else "30s"


def _actions(batch: Batch, person: User, now: datetime) -> list[dict[str, Any]]:
    """None once it has ended: then only the way back is left."""
    if batch.ended_at:
        return []
    return [
        {"action": action, "form": action.form_for(batch), "verdict": action.may(person, batch, now)}
        for action in ACTIONS.values()
    ]
