"""Changing a policy is itself a change: proposed by one, agreed to by those whose rule held before.

What people agree to is the document's hash. One rejection ends it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.audit.log import ITSELF
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.models import Policy, PolicyVersion, VersionState
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions import notifications
from keyconsole.policies.versions.activate import (
    activate,
    close,
    draft,
    lock_policies,
    recompute_requirements,
    refuse_beside_unread,
    refuse_misfits,
)
from keyconsole.policies.versions.agreement import Agreement, agreements_needed
from keyconsole.policies.versions.ballot import vote_against, vote_for
from keyconsole.policies.versions.effects import effects_of
from keyconsole.policies.versions.horizon import Horizon, horizon_of, policy_in, refuse_unfit
from keyconsole.policies.versions.votes import (
    may_propose,
    may_withdraw,
    tallies,
    votes_that_count,
)
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused
from keyconsole.text import clean_comment, clean_why

UNFIT_ELSEWHERE = "It cannot hold as it is: it does not fit everything that it would cover."


def propose(
    rules: Rules | None,
    *,
    name: str,
    by: User,
    why: str,
    now: datetime,
    via: str = "page",
    proof: GivenProof | None = None,
) -> PolicyVersion:
    """Propose what the policy shall say; without rules, that it ends. Raises Refused, and stores nothing."""
    may_propose(by).or_refuse()
    refuse_stale(proof)
    why = clean_why(why, needed="Say why the policy should change: who agrees reads it.")
    if rules and rules.name != name:
        raise Refused(Reason(Code.POLICY_NAME_DIFFERS, f"The document is called {rules.name}, not {name}."))
    try:
        with transaction.atomic():
            version = _propose(rules, name=name, by=by, why=why, now=now, via=via)
    except IntegrityError:
        sentence = f"Somebody else proposed a version of {name} at this moment."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence)) from None
    return version


def agree(
    version: PolicyVersion,
    *,
    by: User,
    sha256: str,
    now: datetime,
    comment: str = "",
    via: str = "page",
    proof: GivenProof | None = None,
) -> bool:
    """Agree to exactly this document; true where with that it holds from now on. Raises Refused."""
    comment = clean_comment(comment)
    with transaction.atomic():
        fresh = _decided_alone(version)
        vote_for(fresh, by=by, sha256=sha256, comment=comment, now=now, proof=proof)
        _record(
            Event.POLICY_AGREED,
            fresh,
            actor=by.username,
            now=now,
            data={"comment": comment, "via": via},
        )
        activated = _activate_if_agreed(fresh, actor=by.username, now=now, horizon=horizon_of(by))
    version.refresh_from_db()
    return activated


def reject(
    version: PolicyVersion,
    *,
    by: User,
    reason: str,
    now: datetime,
    via: str = "page",
    proof: GivenProof | None = None,
) -> None:
    """Raises Refused. A person who had agreed may still reject."""
    reason = clean_why(reason, needed="Say why you reject it: who proposed it reads that.")
    with transaction.atomic():
        fresh = _decided_alone(version)
        vote_against(fresh, by=by, reason=reason, now=now, proof=proof)
        close(fresh, VersionState.REJECTED, now=now)
        _record(
            Event.POLICY_REJECTED,
            fresh,
            actor=by.username,
            now=now,
            data={"reason": reason, "via": via},
        )
        notifications.tell_decision(fresh, outcome=f"was rejected by {by.username}", comment=reason, now=now)
    version.refresh_from_db()


def activate_agreed(*, now: datetime) -> None:
    """Proposals whose missing people came back after their vote: nobody is left who would have to vote."""
    for version in PolicyVersion.objects.select_related("proposer").filter(state=VersionState.PROPOSED):
        # Asking anew reads every key, under the lock of whoever decides: only where it may be decided.
        if not _is_agreed(version):
            continue
        try:
            with transaction.atomic():
                _activate_if_agreed(_decided_alone(version), actor=ITSELF, now=now)
        except Refused:
            continue


def withdraw(version: PolicyVersion, *, by: User, now: datetime, via: str = "page") -> None:
    """Raises Refused."""
    with transaction.atomic():
        fresh = _decided_alone(version)
        may_withdraw(by, fresh).or_refuse()
        close(fresh, VersionState.WITHDRAWN, now=now)
        _record(
            Event.POLICY_WITHDRAWN,
            fresh,
            actor=by.username,
            now=now,
            data={"via": via},
        )
        notifications.tell_decision(fresh, outcome=f"was withdrawn by {by.username}", comment="", now=now)
    version.refresh_from_db()


def _propose(rules: Rules | None, *, name: str, by: User, why: str, now: datetime, via: str) -> PolicyVersion:
    lock_policies()
    horizon = horizon_of(by)
    if Policy.objects.filter(name=name).exists() and policy_in(horizon, name) is None:
        raise Refused(Reason(Code.NAME_TAKEN, "A policy cannot be called so here. Choose another name."))
    policy, _ = Policy.objects.get_or_create(name=name)
    if waiting := policy.versions.filter(state=VersionState.PROPOSED).first():
        sentence = f"{waiting} waits for agreement. Decide on it first, or withdraw it."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence))
    version = draft(policy, rules, why=why, now=now)
    refuse_unfit(horizon, rules)
    refuse_beside_unread(horizon.holds_version)
    needed = agreements_needed(name, rules)
    _refuse_unreachable(needed, horizon)
    version.proposer, version.requirements = by, [each.as_json() for each in needed]
    version.save(force_insert=True)
    effects = effects_of(name, rules)
    data = {
        "why": why,
        "via": via,
        "document": version.document,
        "requirements": version.requirements,
        "effects": [effect.as_json() for effect in effects],
    }
    _record(Event.POLICY_PROPOSED, version, actor=by.username, now=now, data=data)
    notifications.ask_voters(version, effects, now=now)
    return version


def _refuse_unreachable(needed: tuple[Agreement, ...], horizon: Horizon) -> None:
    """What is missing is told of accounts that the person may see."""
    roster, without = Roster.read(), {horizon.person.username}
    best = [(each, each.at_best(roster, without=without)) for each in needed]
    if short := [(each, found) for each, found in best if not found.met]:
        missing = [each.still_missing(found) for each, found in short if horizon.holds_account(each.account)]
        what = f": {'; '.join(missing)}" if missing else ""
        sentence = (
            f"Nobody but you could agree to it{what}. "
            "Where a team is locked out, `manage.py policy apply` on the server is the way."
        )
        raise Refused(Reason(Code.NOBODY_COULD_APPROVE, sentence))


def _decided_alone(version: PolicyVersion) -> PolicyVersion:
    """The version as it is now, asking whom the rules of this moment ask: keys may have come since."""
    lock_policies()
    fresh = PolicyVersion.objects.select_related("policy", "proposer").get(pk=version.pk)
    recompute_requirements(PolicyVersion.objects.filter(pk=version.pk, state=VersionState.PROPOSED))
    fresh.refresh_from_db(fields=["requirements"])
    return fresh


def _is_agreed(version: PolicyVersion) -> bool:
    return all(tally.met for tally in tallies(version))


def _activate_if_agreed(
    version: PolicyVersion, *, actor: str, now: datetime, horizon: Horizon | None = None
) -> bool:
    """`horizon`: of the person who hears why not, where there is one."""
    if not _is_agreed(version):
        return False
    try:
        refuse_misfits(version.rules)
    except Refused:
        if horizon:
            refuse_unfit(horizon, version.rules)
            raise Refused(Reason(Code.POLICY_MISFIT, UNFIT_ELSEWHERE)) from None
        raise
    refuse_beside_unread(horizon.holds_version if horizon else None)
    effects = effects_of(version.policy.name, version.rules)
    before = activate(version, now=now)
    data = {
        "agreed_by": sorted(votes_that_count(version)),
        "replaces": before.number if before else None,
        "document": version.document,
        "effects": [effect.as_json() for effect in effects],
    }
    _record(Event.POLICY_ACTIVATED, version, actor=actor, now=now, data=data)
    notifications.tell_decision(version, outcome="holds from now on", comment="", now=now)
    return True


def _record(event: Event, version: PolicyVersion, *, actor: str, now: datetime, data: dict[str, Any]) -> None:
    facts = {"policy": version.policy.name, "version": version.number, "sha256": version.sha256}
    log.record(event, actor=actor, subject=str(version), now=now, data=facts | data)
