"""Everything that the page of one batch shows, read from the database. Asks AWS nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Sum

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.batches.put_back import may_put_back
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.told import told_of_batch
from keyconsole.notifications.told import told_version
from keyconsole.web.batches.actions import ACTION_FORMS
from keyconsole.web.changes.timeline import timeline


def version_of(batch: Batch) -> str:
    """Grows with everything that the page shows."""
    changes = batch.changes.aggregate(total=Sum("version"))["total"]
    found = told_version(batch.get_absolute_url())
    return f"{changes}-{int(bool(batch.stopped_at))}{int(bool(batch.ended_at))}{found}"


def batch_page(batch: Batch, *, person: User, now: datetime) -> dict[str, Any]:
    lines = _visible_lines(batch, person)
    progress = batch_progress(batch, lines)
    return {
        "batch": batch,
        "progress": progress,
        "told": _told(batch, lines) if progress.needed else (),
        "hidden": len(batch.plan["lines"]) - len(lines),
        "poll": _poll(batch, in_flight=progress.in_flight),
        "actions": _actions(batch, person, now),
        "putting_back": may_put_back(batch),
        "timeline": timeline(list(Entry.objects.filter(subject=batch.ref).order_by("-number"))),
        "plan_text": _plan_text(batch, lines),
    }


def _told(batch: Batch, lines: Sequence[Change]) -> tuple[str, ...]:
    """Of the accounts whose lines this person sees."""
    return told_of_batch(batch, account_ids={line.key.account.account_id for line in lines})


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
        {
            "action": shown,
            "words": shown.words_for(batch),
            "verdict": shown.action.may(person, batch, now),
        }
        for shown in ACTION_FORMS.values()
    ]
