"""Everything that the page of one batch shows, read from the database. Asks AWS nothing, writes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Sum

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.part import Part, part_seen_by
from keyconsole.changes.batches.progress import batch_progress
from keyconsole.changes.batches.put_back import may_put_back
from keyconsole.changes.models import Approval, Batch, Change
from keyconsole.changes.told import told_of_batch
from keyconsole.notifications.told import told_version
from keyconsole.web.batches.actions import ACTION_FORMS
from keyconsole.web.changes.timeline import Moment, timeline

# What people wrote, and where.
_TOLD_OF_A_PART = {"reason", "ticket", "via", "why", "comment", "on failure"}


def version_of(batch: Batch, person: User) -> str:
    """Grows with everything that the page shows this person."""
    accounts = accounts_where(person, Permission.VIEW)
    changes = batch.changes.visible_in(accounts).aggregate(total=Sum("version"))["total"]
    found = told_version(batch.get_absolute_url(), account_ids=accounts.values_list("account_id", flat=True))
    return f"{changes}-{int(bool(batch.stopped_at))}{int(bool(batch.ended_at))}{found}"


def batch_page(batch: Batch, *, person: User, now: datetime) -> dict[str, Any]:
    part = part_seen_by(person, batch)
    progress = batch_progress(batch, part.lines)
    return {
        "batch": batch,
        "part": part,
        "progress": progress,
        "told": _told(batch, part.lines) if progress.needed else (),
        "poll": _poll(batch, in_flight=progress.in_flight),
        "actions": _actions(batch, person, now),
        "putting_back": may_put_back(batch, by=person),
        "timeline": _timeline(batch, part),
        "plan_text": json.dumps(part.plan, indent=2, sort_keys=True, ensure_ascii=False),
    }


def _told(batch: Batch, lines: Sequence[Change]) -> tuple[str, ...]:
    """Of the accounts whose lines this person sees."""
    return told_of_batch(batch, account_ids={line.key.account.account_id for line in lines})


def _timeline(batch: Batch, part: Part) -> list[Moment]:
    """Of a part: nobody who agreed to other lines, and no number or name of those."""
    moments = timeline(Entry.objects.filter(subject=batch.ref).order_by("-number"))
    if part.is_whole:
        return moments
    given = Approval.objects.filter(change__in=[line.pk for line in part.lines])
    voters = set(given.values_list("approver__username", flat=True))
    return [
        replace(moment, facts=tuple(fact for fact in moment.facts if fact[0] in _TOLD_OF_A_PART))
        for moment in moments
        if moment.entry.event != Event.BATCH_APPROVAL_GIVEN or moment.entry.actor in voters
    ]


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
