"""Another way into an AWS account: proposed by one, agreed to by those whom the rules of its keys ask.

As for policies, what people agree to is a hash, one rejection ends it, and who proposes never counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Unpack

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max

from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.aws_accounts.fields import AccountFields
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import Person, can
from keyconsole.aws_accounts.register import page_changes
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.account_edits import notifications
from keyconsole.policies.account_edits.apply import apply_if_agreed
from keyconsole.policies.account_edits.decided_alone import decided_alone
from keyconsole.policies.account_edits.described import as_it_is, edit_sha256
from keyconsole.policies.account_edits.end import close, end_if_over
from keyconsole.policies.account_edits.record import record_edit
from keyconsole.policies.models import AccountEdit, EditState
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.activate import lock_policies, refuse_beside_unread
from keyconsole.policies.versions.agreement import Agreement, agreements_of_keys
from keyconsole.policies.versions.ballot import vote_against, vote_for
from keyconsole.policies.versions.votes import may_withdraw
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused, Verdict
from keyconsole.text import clean_comment, clean_why

# As long as a team is away for; then the account may have become another one.
EDIT_LIVES = timedelta(days=7)


def may_propose_edit(person: Person, account: AwsAccount) -> Verdict:
    if can(person, Permission.ADMINISTER, account):
        return Verdict()
    return Verdict((Reason(Code.MAY_NOT_PROPOSE, f"You do not administer {account.name}."),))


def propose_edit(
    account: AwsAccount,
    *,
    by: User,
    why: str,
    now: datetime,
    via: str = "page",
    proof: GivenProof | None = None,
    **fields: Unpack[AccountFields],
) -> AccountEdit:
    """Raises Refused, or Invalid with a sentence for each field; then nothing is stored."""
    may_propose_edit(by, account).or_refuse()
    refuse_stale(proof)
    why = clean_why(why, needed="Say why the credentials should change: who agrees reads it.")
    try:
        with transaction.atomic():
            return _propose(account, fields, by=by, why=why, now=now, via=via)
    except IntegrityError:
        sentence = f"Somebody else proposed an edit of {account.name} at this moment."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence)) from None


def agree(
    edit: AccountEdit,
    *,
    by: User,
    sha256: str,
    now: datetime,
    comment: str = "",
    via: str = "page",
    proof: GivenProof | None = None,
) -> bool:
    """Agree to exactly this edit; true where with that it is made. Raises Refused."""
    comment = clean_comment(comment)
    _refuse_if_over(edit, now=now)
    with transaction.atomic():
        fresh = decided_alone(edit)
        vote_for(fresh, by=by, sha256=sha256, comment=comment, now=now, proof=proof)
        record_edit(
            Event.ACCOUNT_EDIT_AGREED,
            fresh,
            actor=by.username,
            now=now,
            data={"comment": comment, "via": via},
        )
        applied = apply_if_agreed(fresh, actor=by.username, now=now)
    edit.refresh_from_db()
    return applied


def reject(
    edit: AccountEdit,
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
        fresh = decided_alone(edit)
        vote_against(fresh, by=by, reason=reason, now=now, proof=proof)
        outcome = f"was rejected by {by.username}"
        close(fresh, EditState.REJECTED, outcome=outcome, now=now)
        record_edit(
            Event.ACCOUNT_EDIT_REJECTED,
            fresh,
            actor=by.username,
            now=now,
            data={"reason": reason, "via": via},
        )
        notifications.tell_decision(fresh, comment=reason, now=now)
    edit.refresh_from_db()


def withdraw(edit: AccountEdit, *, by: User, now: datetime, via: str = "page") -> None:
    """Raises Refused."""
    with transaction.atomic():
        fresh = decided_alone(edit)
        may_withdraw(by, fresh).or_refuse()
        close(fresh, EditState.WITHDRAWN, outcome=f"was withdrawn by {by.username}", now=now)
        record_edit(
            Event.ACCOUNT_EDIT_WITHDRAWN,
            fresh,
            actor=by.username,
            now=now,
            data={"via": via},
        )
        notifications.tell_decision(fresh, comment="", now=now)
    edit.refresh_from_db()


def asked_for(account: AwsAccount) -> tuple[Agreement, ...]:
    """Who would have to agree if somebody proposed an edit now."""
    return agreements_of_keys(account)


def why_out_of_reach(needed: tuple[Agreement, ...], *, proposer: str) -> str:
    """Why nobody else could agree to it; empty where they could."""
    roster = Roster.read()
    best = [(each, each.at_best(roster, without={proposer})) for each in needed]
    missing = [each.still_missing(found) for each, found in best if not found.met]
    if not missing:
        return ""
    return (
        f"Nobody but you could agree to it: {'; '.join(missing)}. "
        "`manage.py change_account` at the server's terminal is the way."
    )


def _propose(
    account: AwsAccount,
    fields: AccountFields,
    *,
    by: User,
    why: str,
    now: datetime,
    via: str,
) -> AccountEdit:
    lock_policies()
    account = AwsAccount.objects.select_for_update().get(pk=account.pk)
    changes = page_changes(account, **fields)
    if waiting := account.edits.filter(state=EditState.PROPOSED).first():
        sentence = f"{waiting} waits for agreement. Decide on it first, or withdraw it."
        raise Refused(Reason(Code.PROPOSAL_WAITING, sentence))
    if not changes:
        raise Refused(Reason(Code.NOTHING_NEW, f"That is how {account.name} already is."))
    refuse_beside_unread()
    needed = agreements_of_keys(account)
    if problem := why_out_of_reach(needed, proposer=by.username):
        raise Refused(Reason(Code.NOBODY_COULD_APPROVE, problem))
    before, after = as_it_is(account, changes), {name: change["to"] for name, change in changes.items()}
    edit = AccountEdit.objects.create(
        account=account,
        number=(account.edits.aggregate(last=Max("number"))["last"] or 0) + 1,
        before=before,
        after=after,
        sha256=edit_sha256(account, before, after),
        why=why,
        proposer=by,
        proposed_at=now,
        expires_at=now + EDIT_LIVES,
        requirements=[each.as_json() for each in needed],
    )
    data = {"why": why, "via": via, "changes": changes, "requirements": edit.requirements}
    record_edit(Event.ACCOUNT_EDIT_PROPOSED, edit, actor=by.username, now=now, data=data)
    notifications.ask_voters(edit, now=now)
    return edit


def _refuse_if_over(edit: AccountEdit, *, now: datetime) -> None:
    """Before the vote, in a transaction of its own: it stays ended although the vote is refused."""
    with transaction.atomic():
        fresh = decided_alone(edit)
        ended = end_if_over(fresh, now=now)
    if ended:
        edit.refresh_from_db()
        raise Refused(Reason(Code.STALE, f"{fresh} {fresh.outcome}"))
