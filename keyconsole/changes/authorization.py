"""Who may do what with a change, and why not. A page's grey button and a refusal share these reasons.

Verbs hand on the `Quorum` that they built under the change's row; a page that only asks leaves it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.aws_accounts.permissions import Person, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.kinds.registry import KINDS
from keyconsole.changes.models import Change, Closing, KindName
from keyconsole.changes.present_rules import about_the_region
from keyconsole.changes.quorum import Quorum, quorum_if_asked, quorum_of
from keyconsole.changes.states import State, in_words
from keyconsole.inventory.models import MultiRegionKey, RegionKey
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.governing.resolve import governing_for
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Verdict

__all__ = ["Prospect", "Verdict"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a person can make this Region's key the primary, or why not."""

    region_key: RegionKey
    verdict: Verdict


def may_request(
    person: Person,
    key: MultiRegionKey,
    *,
    to_region: str,
    now: datetime,
    is_emergency: bool = False,
    kind: KindName = KindName.UPDATE_PRIMARY_REGION,
) -> Verdict:
    """An emergency needs no approvers; everything else holds for it too."""
    governing = governing_for(key, to_region=to_region)
    reasons = _about_the_key(person, key, kind, is_emergency=is_emergency) + about_the_move(
        key, to_region, now, kind
    )
    reasons += about_the_policy(governing, to_region)
    if not is_emergency:
        reasons += about_the_approvers(person, key, governing, Roster.read())
    return Verdict(reasons)


def prospects(person: Person, key: MultiRegionKey, *, now: datetime) -> list[Prospect]:
    """Without who could approve, which the page of the move itself tells."""
    kind = KindName.UPDATE_PRIMARY_REGION
    shared = _about_the_key(person, key, kind)
    return [
        Prospect(member, Verdict(shared + about_the_move(key, member.region, now, kind)))
        for member in key.region_keys.all()
    ]


def may_approve(person: Person, change: Change, *, now: datetime, quorum: Quorum | None = None) -> Verdict:
    quorum = quorum or quorum_of(change)
    name = person.get_username()
    reasons = [*_open_for_votes(change, {State.PENDING}), *quorum.why_no_say(name, ref=change.ref)]
    if name in quorum.counted:
        reasons.append(Reason(Code.ALREADY_APPROVED, f"You have approved {change.ref} already."))
    elif name in quorum.votes:
        sentence = (
            f"You approved {change.ref} without a second factor, which its policy asks for: "
            "take that approval back, then approve again."
        )
        reasons.append(Reason(Code.SECOND_FACTOR_NEEDED, sentence))
    else:
        reasons += quorum.why_no_factor(name)
    if change.request_expires_at and now >= change.request_expires_at:
        reasons.append(Reason(Code.REQUEST_EXPIRED, f"{change.ref} has waited too long and expires."))
    reasons += quorum.unread
    if change.is_emergency:
        sentence = f"{change.ref} is an emergency: nobody is asked to approve it."
        reasons.append(Reason(Code.WAITS_FOR_MEMBER, sentence))
    return Verdict(tuple(reasons))


def may_reject(
    person: Person,
    change: Change,
    *,
    now: datetime,  # noqa: ARG001 - as may_approve
    quorum: Quorum | None = None,
) -> Verdict:
    closed = _open_for_votes(change, {State.PENDING, State.APPROVED})
    quorum = quorum or quorum_of(change)
    return Verdict((*closed, *quorum.why_no_say(person.get_username(), ref=change.ref)))


def may_withdraw(person: Person, change: Change) -> Verdict:
    reasons = list(_open_for_votes(change, {State.PENDING, State.APPROVED}))
    if not change.approvals.not_withdrawn().filter(approver_id=person.pk).exists():
        sentence = f"You have no approval of {change.ref} to take back."
        reasons.append(Reason(Code.NO_APPROVAL_GIVEN, sentence))
    return Verdict(tuple(reasons))


def may_comment(person: Person, change: Change) -> Verdict:
    if can(person, Permission.VIEW, change.key.account):
        return Verdict()
    sentence = f"Your roles do not let you see {change.key.account.name}."
    return Verdict((Reason(Code.MAY_NOT_VIEW, sentence),))


def may_run(person: Person, change: Change, *, now: datetime, quorum: Quorum | None = None) -> Verdict:
    quorum = quorum or quorum_of(change)
    reasons = []
    if change.state != State.APPROVED:
        sentence = f"{change.ref} is {_words(change)}: only an approved change can run."
        reasons.append(Reason(Code.NOT_APPROVED, sentence))
    if change.run_at and change.run_at <= now:
        sentence = "It runs by itself as soon as nothing holds it back."
        reasons.append(Reason(Code.RUNS_BY_ITSELF, sentence))
    if person.get_username() not in {quorum.requester, *quorum.deciders}:
        sentence = "Only who asked for a change, or one of its approvers, may run it."
        reasons.append(Reason(Code.MAY_NOT_RUN, sentence))
    reasons += quorum.unread
    return Verdict(tuple(reasons))


def may_cancel(person: Person, change: Change) -> Verdict:
    reasons = []
    if change.state not in {State.PENDING, State.APPROVED}:
        sentence = f"{change.ref} is {_words(change)}: only what has not begun can be cancelled."
        reasons.append(Reason(Code.BEGUN_OR_CLOSED, sentence))
    is_requester = person.pk == change.requester_id
    if not is_requester and not can(person, Permission.ADMINISTER, change.key.account):
        sentence = "Only who asked for a change, or an administrator, may cancel it."
        reasons.append(Reason(Code.MAY_NOT_CANCEL, sentence))
    return Verdict(tuple(reasons))


def may_close(person: Person, change: Change) -> Verdict:
    """Whether they may ask to close it as unknown, which another person then has to agree to."""
    reasons = list(_overdue(change))
    if not can(person, Permission.ADMINISTER, change.key.account):
        sentence = f"Only an administrator of {change.key.account.name} may ask to close it as unknown."
        reasons.append(Reason(Code.MAY_NOT_CLOSE, sentence))
    if Closing.objects.filter(change=change).exists():
        sentence = f"Somebody has asked already to close {change.ref} as unknown."
        reasons.append(Reason(Code.CLOSE_ASKED, sentence))
    return Verdict(tuple(reasons))


def may_agree(person: Person, change: Change) -> Verdict:
    """One other person is enough, an approver or administrator of the account: closing sends nothing to AWS,
    and whatever is asked for next needs its own approvals."""
    reasons = list(_overdue(change))
    closing = Closing.objects.filter(change=change).first()
    if closing is None:
        sentence = f"Nobody has asked to close {change.ref} as unknown."
        reasons.append(Reason(Code.CLOSE_NOT_ASKED, sentence))
    elif closing.asked_by_id == person.pk:
        sentence = "Who asks to close a change does not agree to it: another person has to."
        reasons.append(Reason(Code.OWN_CLOSING, sentence))
    account = change.key.account
    if person.pk == change.requester_id:
        reasons.append(Reason(Code.OWN_REQUEST, "Who asks for a change never decides about it."))
    elif not (can(person, Permission.APPROVE, account) or can(person, Permission.ADMINISTER, account)):
        sentence = f"Only an approver or administrator of {account.name} may agree to that."
        reasons.append(Reason(Code.NOT_AN_APPROVER, sentence))
    return Verdict(tuple(reasons))


def _overdue(change: Change) -> tuple[Reason, ...]:
    if change.state == State.SETTLING and change.overdue_since:
        return ()
    sentence = (
        f"{change.ref} is {_words(change)}: only a settling change that is overdue is closed as unknown."
    )
    return (Reason(Code.NOT_OVERDUE, sentence),)


def _open_for_votes(change: Change, states: set[State]) -> tuple[Reason, ...]:
    if change.state in states:
        return ()
    return (Reason(Code.NOT_OPEN, f"{change.ref} is {_words(change)}: it takes no votes."),)


def _words(change: Change) -> str:
    return in_words(change.state)


def gives_way(change: Change) -> bool:
    """Whether an emergency for the same key takes the place of this one: nothing was begun for it yet."""
    if change.is_emergency:
        return change.state == State.PENDING
    return change.state in {State.PENDING, State.APPROVED}


def _about_the_key(
    person: Person, key: MultiRegionKey, kind: KindName, *, is_emergency: bool = False
) -> tuple[Reason, ...]:
    under_way = Change.objects.open().filter(key=key).first()
    if is_emergency and under_way and gives_way(under_way):
        under_way = None
    return about_the_key(
        key,
        may_ask=can(person, Permission.REQUEST, key.account),
        under_way=under_way.ref if under_way else "",
        kind=kind,
    )


def about_the_key(
    key: MultiRegionKey, *, may_ask: bool, under_way: str, kind: KindName
) -> tuple[Reason, ...]:
    """`under_way`: the open change of this key, if there is one."""
    reasons = []
    if not may_ask:
        sentence = f"Your roles do not let you {KINDS[kind].words.doing} in {key.account.name}."
        reasons.append(Reason(Code.MAY_NOT_REQUEST, sentence))
    if under_way:
        reasons.append(Reason(Code.CHANGE_UNDER_WAY, f"{under_way} is already under way for this key."))
    return tuple(reasons)


def about_the_policy(governing: Governing[PolicyVersion], to_region: str) -> tuple[Reason, ...]:
    """What holds in an emergency too."""
    unread = (Reason(Code.RULES_NOT_UNDERSTOOD, governing.unread),) if governing.unread else ()
    # Also in an emergency: another policy may have no emergency path, or another group for it.
    doubt = (Reason(Code.POLICY_IN_DOUBT, governing.doubt),) if governing.doubt else ()
    return (*unread, *doubt, *about_the_region(governing.rules, to_region))


def about_the_approvers(
    person: Person, key: MultiRegionKey, governing: Governing[PolicyVersion], roster: Roster
) -> tuple[Reason, ...]:
    if governing.doubt:
        return ()  # whoever they are: `about_the_policy` says why
    name = person.get_username()
    return quorum_if_asked(
        governing.rules, requester=name, account=key.account, roster=roster
    ).why_out_of_reach


def about_the_move(
    key: MultiRegionKey,
    to_region: str,
    now: datetime,
    kind: KindName,
) -> tuple[Reason, ...]:
    failures = KINDS[kind].preflight(key, to_region=to_region, now=now).failures
    return tuple(dict.fromkeys(Reason(Code.PREFLIGHT_FAILED, check.sentence) for check in failures))
