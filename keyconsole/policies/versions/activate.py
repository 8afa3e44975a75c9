"""The one place where a version of a policy begins to hold and another ceases to. Always in a transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max, QuerySet

from keyconsole.policies.document.rules import Rules, document_sha256
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.versions.agreement import agreements_needed
from keyconsole.policies.versions.feasibility import misfits
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def lock_policies() -> None:
    """Wait for whoever decides on policies now: two votes counted apart could each miss the other.

    SQLite's IMMEDIATE transaction already is the only writer.
    """
    list(Policy.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def refuse_misfits(rules: Rules | None) -> None:
    if rules and (reasons := misfits(rules)):
        raise Refused(*(Reason(Code.POLICY_MISFIT, each) for each in reasons))


def refuse_beside_unread(is_seen: Callable[[PolicyVersion], bool] | None = None) -> None:
    """Who has to agree follows from the rules that hold: nobody can tell while one is not understood.

    Only what `is_seen` is named; without it everything is.
    """
    unread = [(version, rules) for version, rules in active_rules() if rules.unread]
    if unread:
        seen = [(version, rules) for version, rules in unread if is_seen is None or is_seen(version)]
        told = [f"{version} holds. {rules.unread_words}" for version, rules in seen]
        told = told or ["A policy holds that this version of KeyConsole does not understand."]
        told.append("Until it does, `manage.py policy apply` on the server is the way.")
        raise Refused(*(Reason(Code.RULES_NOT_UNDERSTOOD, each) for each in told))


def draft(policy: Policy, rules: Rules | None, *, why: str, now: datetime) -> PolicyVersion:
    """The next version, not yet stored; raises Refused where it says what already holds."""
    held = policy.versions.filter(state=VersionState.ACTIVE).first()
    document = rules.as_json() if rules else {}
    sha256 = document_sha256(policy.name, document)
    if held is None and rules is None:
        raise Refused(Reason(Code.POLICY_UNKNOWN, f"There is no policy {policy.name} to retire."))
    # Not by the hash: a document that was stored by an earlier schema says the same in other bytes.
    if held and held.rules == rules:
        raise Refused(Reason(Code.NOTHING_NEW, f"That is what {held} already says."))
    last = policy.versions.aggregate(last=Max("number"))["last"] or 0
    return PolicyVersion(
        policy=policy, number=last + 1, document=document, sha256=sha256, why=why, proposed_at=now
    )


def activate(version: PolicyVersion, *, now: datetime) -> PolicyVersion | None:
    """Let it hold from now on and give back the one that held before; raises Refused for a lost race."""
    held = PolicyVersion.objects.filter(policy=version.policy, state=VersionState.ACTIVE)
    before = held.first()
    # First the old one: the database allows one active version of a policy.
    held.update(state=VersionState.SUPERSEDED)
    close(version, VersionState.ACTIVE, now=now)
    recompute_requirements(PolicyVersion.objects.filter(state=VersionState.PROPOSED))
    return before


def recompute_requirements(proposed: QuerySet[PolicyVersion]) -> None:
    """Who has to agree follows from the rules that hold now, and from the keys that there are."""
    for version in proposed.select_related("policy"):
        needed = agreements_needed(version.policy.name, version.rules)
        version.requirements = [each.as_json() for each in needed]
        version.save(update_fields=["requirements"])


def close(version: PolicyVersion, state: VersionState, *, now: datetime) -> None:
    """Compare and set: of two who decide at once, one does. Raises Refused for the other."""
    proposed = PolicyVersion.objects.filter(pk=version.pk, state=VersionState.PROPOSED)
    if proposed.update(state=state, decided_at=now) != 1:
        sentence = f"{version} was decided on in the meantime. Look at it again."
        raise Refused(Reason(Code.LOST_RACE, sentence))
    version.state, version.decided_at = state.value, now
