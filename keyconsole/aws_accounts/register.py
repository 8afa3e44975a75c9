"""Adding an AWS account and changing how it is entered, each with its event. Never talks to AWS.

What may be said depends on where it is said: `page_choices` holds what a page may not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.given_proof import GivenProof, refuse_stale
from keyconsole.aws_accounts.fields import AccountFields, partition_for, problems, tidy
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import (
    ID_IS_OURS,
    TERMINAL_ONLY,
    WAY_IN,
    Allowed,
    Origin,
    new_external_id,
    page_problems,
)
from keyconsole.aws_accounts.told import tell_added, tell_changed
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Reason, Refused

__all__ = ["AccountFields", "Invalid", "Origin", "add_account", "change_account", "draft_account"]

# By field: from what to what.
AccountChanges = dict[str, Any]
IN_USE = "Only an account that was never entered, and in which nobody has a role, is removed."
NEEDS_AGREEMENT = "How an account with keys is entered is proposed on its page, and others agree to it."


def add_account(
    account_id: str,
    *,
    origin: Origin,
    by: str,
    now: datetime,
    proof: GivenProof | None = None,
    **fields: Unpack[AccountFields],
) -> AwsAccount:
    """Raise Invalid with a sentence for each field that cannot stand; then nothing is stored."""
    account = draft_account(account_id, origin=origin, **fields)
    refuse_stale(proof)
    account.added_at = now
    account.being_set_up = origin is Origin.PAGE
    entered = _fields_of(account)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            _record(Event.ACCOUNT_ADDED, account, by=by, now=now, data=_shown(entered))
            tell_added(account, by=by, now=now)
    except IntegrityError:
        _refuse_problems(account.account_id, entered, besides=None)
        raise
    return account


def draft_account(account_id: str, *, origin: Origin, **fields: Unpack[AccountFields]) -> AwsAccount:
    """The account as it would be stored, to try before adding it; raises Invalid."""
    entered, account_id, theirs = tidy(fields), account_id.strip(), {}
    if origin is Origin.PAGE:
        theirs = _page_problems(entered, before=None)
        entered["external_id"] = new_external_id() if entered["role_arn"] else ""
    _refuse_problems(account_id, entered, besides=None, found=theirs)
    return AwsAccount(account_id=account_id, partition=partition_for(entered), origin=origin.value, **entered)


def remove_account(account: AwsAccount, *, by: str, now: datetime) -> None:
    """For a number that was mistyped: what was never entered has no keys and no past. Raises Refused."""
    with transaction.atomic():
        found = AwsAccount.objects.select_for_update().filter(pk=account.pk, being_set_up=True).first()
        if found is None or found.keys.exists() or found.role_grants.exists():
            raise Refused(Reason(Code.ACCOUNT_IN_USE, IN_USE))
        _record(Event.ACCOUNT_REMOVED, found, by=by, now=now, data={"name": found.name})
        found.delete()


def page_changes(account: AwsAccount, **fields: Unpack[AccountFields]) -> AccountChanges:
    """What a page would change, without changing it: from what to what, by field. Raises Invalid."""
    account = AwsAccount.objects.get(pk=account.pk)
    before = _fields_of(account)
    entered = tidy({**before, **fields})
    changes = _changes(before, entered)
    _refuse_change(account, before, entered, origin=Origin.PAGE)
    return changes


def needs_agreement(account: AwsAccount, changes: Iterable[str]) -> bool:
    """Another way into an account whose keys are known: what its keys need to be moved, that needs too."""
    return bool(set(changes) & set(WAY_IN)) and account.keys.exists()


def change_account(
    account: AwsAccount,
    *,
    origin: Origin,
    by: str,
    now: datetime,
    agreed_by: Collection[str] = (),
    proof: GivenProof | None = None,
    **fields: Unpack[AccountFields],
) -> AwsAccount:
    """Change the fields that are given and keep the others; raise Invalid as `add_account` does.

    `agreed_by`: who agreed to what a page proposed. Raises Refused where that is needed and nobody did.
    """
    try:
        with transaction.atomic():
            # As it is now, not as it was when a page was opened: what the terminal set since then stays.
            AwsAccount.objects.select_for_update().get(pk=account.pk)
            account.refresh_from_db()
            before = _fields_of(account)
            entered = tidy({**before, **fields})
            if (
                origin is Origin.PAGE
                and not agreed_by
                and needs_agreement(account, _changes(before, entered))
            ):
                raise Refused(Reason(Code.EDIT_NEEDS_AGREEMENT, NEEDS_AGREEMENT))
            _refuse_change(account, before, entered, origin=origin)
            refuse_stale(proof)
            pinned = origin is Origin.TERMINAL and bool(set(fields) & set(TERMINAL_ONLY))
            if data := _store(account, before, entered, pinned=pinned):
                _record(Event.ACCOUNT_CHANGED, account, by=by, now=now, data=data)
                tell_changed(account, data, by=by, now=now)
    except IntegrityError:
        _refuse_problems(account.account_id, tidy({**_fields_of(account), **fields}), besides=account)
        raise
    return account


def _refuse_change(
    account: AwsAccount, before: AccountFields, entered: AccountFields, *, origin: Origin
) -> None:
    theirs = {}
    if origin is Origin.PAGE:
        theirs = _page_problems(entered, before=before, kept=account.origin == Origin.TERMINAL)
        if entered["role_arn"] != before["role_arn"] and not entered["external_id"]:
            entered["external_id"] = new_external_id()
    _refuse_problems(account.account_id, entered, besides=account, found=theirs)


def _page_problems(
    entered: AccountFields, *, before: AccountFields | None, kept: bool = False
) -> dict[str, str]:
    found = page_problems(entered, allowed=Allowed.by_the_operator(), kept=before if kept else None)
    if entered["external_id"] != (before["external_id"] if before else ""):
        found["external_id"] = ID_IS_OURS
    return found


def _changes(before: AccountFields, entered: AccountFields) -> AccountChanges:
    """Without the external id's own text, as everywhere."""
    old, new = _shown(before), _shown(entered)
    names = [name for name in AccountFields.__annotations__ if before[name] != entered[name]]  # type: ignore[literal-required]
    return {name: {"from": old[name], "to": new[name]} for name in names}


def _store(
    account: AwsAccount, before: AccountFields, entered: AccountFields, *, pinned: bool
) -> dict[str, Any]:
    """What changed, for the record. `pinned`: the terminal spoke of the way in, be it the same as before."""
    data = _changes(before, entered)
    changed = list(data)
    if pinned and account.origin != Origin.TERMINAL:
        data["origin"] = {"from": account.origin, "to": Origin.TERMINAL.value}
        account.origin = Origin.TERMINAL.value
    if data:
        account.partition = partition_for(entered, otherwise=account.partition)
        for name in changed:
            setattr(account, name, entered[name])  # type: ignore[literal-required]
        # What the last test said was about the old way in.
        account.tested_at, account.test_problem, account.test_missing = None, "", ""
        told = ["tested_at", "test_problem", "test_missing"]
        account.save(update_fields=[*changed, "origin", "partition", *told])
    return data


def _refuse_problems(
    account_id: str,
    fields: AccountFields,
    *,
    besides: AwsAccount | None,
    found: Mapping[str, str] | None = None,
) -> None:
    found = {**problems(account_id, fields), **(found or {})}
    others = AwsAccount.objects.exclude(pk=besides.pk) if besides else AwsAccount.objects.all()
    if "name" not in found and others.filter(name__iexact=fields["name"]).exists():
        found["name"] = "Another account has this name."
    if "account_id" not in found and others.filter(account_id=account_id).exists():
        found["account_id"] = f"The account {account_id} is already here."
    if found:
        raise Invalid(found)


def _fields_of(account: AwsAccount) -> AccountFields:
    return tidy({name: getattr(account, name) for name in AccountFields.__annotations__})


def _shown(fields: AccountFields) -> dict[str, Any]:
    """What the record says: all but the external id, which some treat as a secret."""
    return {**fields, "external_id": "set" if fields["external_id"] else ""}


def _record(event: Event, account: AwsAccount, *, by: str, now: datetime, data: dict[str, Any]) -> None:
    log.record(event, actor=by, subject=account.account_id, account_id=account.account_id, now=now, data=data)
