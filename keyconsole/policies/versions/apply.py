"""The way in without anybody's agreement: for the first policy, and for a team that is locked out.

Only whoever has a shell on the server gets here, never a page; the record says who and why.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.versions import notifications
from keyconsole.policies.versions.activate import activate, close, draft, lock_policies, refuse_misfits
from keyconsole.policies.versions.effects import effects_of
from keyconsole.text import clean_why


def apply_at_the_terminal(
    rules: Rules | None, *, name: str, by: str, why: str, now: datetime
) -> PolicyVersion:
    """`by` names the person at the operating system. Without rules the policy ends. Raises Refused."""
    why = clean_why(why, needed="Say why this goes around the approvers: it stays in the record.")
    with transaction.atomic():
        lock_policies()
        policy, _ = Policy.objects.get_or_create(name=name)
        version = draft(policy, rules, why=why, now=now)
        refuse_misfits(rules)
        _withdraw_what_waits(policy, by=by, now=now)
        version.at_the_terminal = True
        version.save(force_insert=True)
        effects = effects_of(name, rules)
        before = activate(version, now=now)
        data = {
            "policy": name,
            "version": version.number,
            "sha256": version.sha256,
            "why": why,
            "replaces": before.number if before else None,
            "document": version.document,
            "effects": [effect.as_json() for effect in effects],
        }
        log.record(Event.POLICY_APPLIED_AT_TERMINAL, actor=by, subject=str(version), now=now, data=data)
    return version


def _withdraw_what_waits(policy: Policy, *, by: str, now: datetime) -> None:
    """What was proposed against the version before would undo this one unseen."""
    for waiting in policy.versions.filter(state=VersionState.PROPOSED).select_related("policy", "proposer"):
        close(waiting, VersionState.WITHDRAWN, now=now)
        data = {
            "policy": policy.name,
            "version": waiting.number,
            "sha256": waiting.sha256,
            "for": "terminal",
        }
        log.record(Event.POLICY_WITHDRAWN, actor=by, subject=str(waiting), now=now, data=data)
        outcome = "was withdrawn: another version was put in place at the server's terminal"
        notifications.tell_decision(waiting, outcome=outcome, comment="", now=now)
