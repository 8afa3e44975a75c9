"""A change in plain facts, for terminals and programs: what, by whom, by which rules, what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.changes.approvals.decide import PAGE
from keyconsole.changes.approvals.run_gate import gate
from keyconsole.changes.kinds.registry import KINDS
from keyconsole.changes.models import Change, KindName, Review
from keyconsole.changes.plan.selection import SELECTED_BY
from keyconsole.changes.quorum import WITH_FACTOR, Asked, Quorum, quorum_of, rules_of
from keyconsole.changes.requests.emergency_agreement import (
    agreement_of,
    members_asked,
    waits_for_member,
)
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of
from keyconsole.policies.governing.selected_by import words

Facts = dict[str, Any]


def summary(change: Change, *, now: datetime) -> Facts:
    quorum = quorum_of(change) if change.state in {State.PENDING, State.APPROVED} else None
    rules = quorum.rules if quorum else rules_of(change)
    return {
        "change": change.ref,
        "kind": change.kind,
        "state": change.state,
        "outcome": change.outcome,
        "closed_at": _at(change.closed_at),
        "waits_for": waits_for(change, quorum, now=now),
        "told": list(told_of(change, quorum)),
        "key_id": change.key.key_id,
        "key": change.key.name,
        "account_id": change.key.account.account_id,
        "account": change.key.account.name,
        "from_region": change.from_region,
        "to_region": change.to_region,
        "requester": change.requester.username,
        "requested_at": _at(change.requested_at),
        "reason": change.reason,
        "ticket": change.ticket,
        "policy": str(change.policy_version or "none"),
        "policy_why": change.policy_why,
        "rule": rules.rule.value,
        "rules_not_understood": list(rules.unread),
        "requirements": [_requirement(each) for each in (quorum.lines if quorum else ())],
        "approvals": _approvals(change),
        "comments": [
            {"by": each.author.username, "at": _at(each.written_at), "text": each.text}
            for each in change.comments.select_related("author")
        ],
        "request_expires_at": _at(change.request_expires_at),
        "approval_expires_at": _at(change.approval_expires_at),
        "run_at": _at(change.run_at),
        **_emergency(change),
        "plan": change.plan,
        "plan_sha256": change.plan_sha256,
    }


def waits_for(change: Change, quorum: Quorum | None, *, now: datetime) -> str:
    """Empty where nothing and nobody is waited for; then it takes no quorum."""
    if quorum is None:
        return ""
    if change.state == State.PENDING:
        asked = agreement_of(change) if change.is_emergency else None
        return waits_for_member(asked, members_asked(asked, change)) if asked else quorum.waits_for
    return " ".join(gate(change, now=now, quorum=quorum).reasons)


def lines(facts: Facts) -> Iterator[str]:
    """As a person reads it."""
    ended = f" at {facts['closed_at']}" if facts["closed_at"] else ""
    yield f"{facts['change']} {facts['state'].replace('_', ' ')}{ended}. {facts['outcome']}".rstrip()
    if facts["waits_for"]:
        yield f"Waits for  {facts['waits_for']}"
    for sentence in facts["told"]:
        yield f"Told       {sentence}"
    yield f"Key        {facts['key']} ({facts['key_id']}) in {facts['account']} ({facts['account_id']})"
    regions = [seen["region"] for seen in facts["plan"]["regions"]]
    yield f"{KINDS[KindName(facts['kind'])].words.label:<10} {' -> '.join(regions)}"
    ticket = f", ticket {facts['ticket']}" if facts["ticket"] else ""
    yield f"Asked by   {facts['requester']} at {facts['requested_at']}{ticket}"
    yield f"Reason     {facts['reason']}"
    yield f"Policy     {facts['policy']} ({facts['rule']}). {facts['policy_why']}"
    for chosen_by in words(facts["plan"].get(SELECTED_BY, {})):
        yield f"Chosen by  {chosen_by}"
    if facts["rules_not_understood"]:
        yield f"Rules      not understood by this version: {', '.join(facts['rules_not_understood'])}"
    for each in facts["requirements"]:
        filled = ", ".join(each["filled_by"]) or "nobody yet"
        because = f". {each['because']}" if each["because"] else ""
        who = f"{each['group'] or 'the approvers'}{WITH_FACTOR if each['second_factor'] else ''}"
        yield f"Needs      {each['at_least']} of {who}: {filled}{because}"
    for each in facts["approvals"]:
        taken_back = f", taken back at {each['withdrawn_at']}" if each["withdrawn_at"] else ""
        where = f", {each['via']}" if each["via"] != PAGE else ""
        yield f"Approved   by {each['by']} at {each['at']}{where}{taken_back}. {each['comment']}".rstrip()
    for each in facts["comments"]:
        yield f"Comment    {each['by']} at {each['at']}: {each['text']}"
    if facts["member_agreed"]:
        yield f"Emergency  {facts['member_agreed']} agreed to it, as another member of its group"
    if review := facts["review"]:
        yield f"Emergency  {_about_the_review(review)}"
    yield f"Plan       {facts['plan_sha256']}"


def _about_the_review(review: Facts) -> str:
    if not review["reviewed_at"]:
        return f"its review is due by {review['due_at']}."
    found = "right" if review["was_right"] else "not right"
    given = f"reviewed by {review['reviewer']} at {review['reviewed_at']}, as {found}"
    return f"{given}. {review['comment']}".rstrip()


def _requirement(asked: Asked) -> Facts:
    return {
        **asked.requirement.as_json(),
        "filled_by": list(asked.filled_by),
        "missing": asked.missing,
        "may_fill": list(asked.may_fill),
        "because": asked.because,
        "second_factor": asked.second_factor,
    }


def _approvals(change: Change) -> list[Facts]:
    given = Entry.objects.filter(subject=change.ref, event=Event.CHANGE_APPROVAL_GIVEN.value)
    via = {each.actor: each.data.get("via", PAGE) for each in given.order_by("number")}
    return [
        {
            "by": each.approver.username,
            "at": _at(each.approved_at),
            "plan_sha256": each.plan_sha256,
            "comment": each.comment,
            "proof": each.proof,
            "via": via.get(each.approver.username, PAGE),
            "withdrawn_at": _at(each.withdrawn_at),
        }
        for each in change.approvals.select_related("approver")
    ]


def _emergency(change: Change) -> Facts:
    return {
        "is_emergency": change.is_emergency,
        "superseded_by": change.superseded_by.ref if change.superseded_by else "",
        "member_agreed": _agreed(change),
        "review": _review(change),
    }


def _agreed(change: Change) -> str:
    asked = agreement_of(change) if change.is_emergency else None
    return asked.member.username if asked and asked.member else ""


def _review(change: Change) -> Facts | None:
    owed = Review.objects.select_related("reviewer").filter(change=change).first()
    if owed is None:
        return None
    return {
        "due_at": _at(owed.due_at),
        "reviewed_at": _at(owed.reviewed_at),
        "reviewer": owed.reviewer.username if owed.reviewer else "",
        "was_right": owed.was_right,
        "comment": owed.comment,
    }


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M UTC}" if moment else ""
