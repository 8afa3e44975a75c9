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
from keyconsole.text import listed
from keyconsole.web.batches.actions import ACTION_FORMS
from keyconsole.web.batches.standing import standing
from keyconsole.web.changes.approval_panel import shortened
from keyconsole.web.changes.decision import whys_of
from keyconsole.web.changes.tab import icon_of_tone
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
    stands = standing(batch, progress)
    return {
        "batch": batch,
        "part": part,
        "progress": progress,
        "standing": stands,
        "tab_title": f"{batch.ref} · {stands.style.word}",
        "tab_icon": icon_of_tone(stands.style.tone),
        "needed": [(need, shortened(need.people)) for need in progress.needed],
        "told": _told(batch, part.lines) if progress.needed else (),
        "poll": _poll(batch, waits_for_people=bool(progress.needed) and not progress.in_flight),
        **_actions(batch, person, now),
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


def _poll(batch: Batch, *, waits_for_people: bool) -> str:
    """Lines within two seconds, an approval within five; most answers are empty."""
    if batch.ended_at:
        return ""
    return "5s" if waits_for_people else "2s"


def _actions(batch: Batch, person: User, now: datetime) -> dict[str, Any]:
    """What this person can do, and why not the rest. Once it has ended only the way back is left."""
    shown = () if batch.ended_at else tuple(ACTION_FORMS.values())
    verdicts = {each.verb: (each, each.action.may(person, batch, now)) for each in shown}
    refused = {verb: verdict for verb, (_, verdict) in verdicts.items() if not verdict.allowed}
    back = may_put_back(batch, by=person)
    if batch.ended_at and not back.allowed:
        refused["put it back"] = back
    whys = whys_of(refused)
    return {
        "offers": [
            {"action": each, "words": each.words_for(batch)}
            for each, verdict in verdicts.values()
            if verdict.allowed
        ],
        "putting_back": back,
        "whys": whys,
        "why_question": listed([what for why in whys for what in why.what], "or"),
    }
