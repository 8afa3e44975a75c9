"""Adding an AWS account and changing how it is entered, each with its event. Never talks to AWS."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.aws_accounts.fields import AccountFields, partition_for, problems, tidy
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.refusals import Invalid

__all__ = ["AccountFields", "Invalid", "add_account", "change_account", "draft_account"]


def add_account(account_id: str, *, by: str, now: datetime, **fields: Unpack[AccountFields]) -> AwsAccount:
    """Raise Invalid with a sentence for each field that cannot stand; then nothing is stored."""
    account = draft_account(account_id, **fields)
    account.added_at = now
    entered = _fields_of(account)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            _record(Event.ACCOUNT_ADDED, account, by=by, now=now, data=_shown(entered))
    except IntegrityError:
        _refuse_problems(account.account_id, entered, besides=None)
        raise
    return account


def draft_account(account_id: str, **fields: Unpack[AccountFields]) -> AwsAccount:
    """The account as it would be stored, to try before adding it; raises Invalid."""
    entered, account_id = tidy(fields), account_id.strip()
    _refuse_problems(account_id, entered, besides=None)
    return AwsAccount(account_id=account_id, partition=partition_for(entered), **entered)


def change_account(
    account: AwsAccount, *, by: str, now: datetime, **fields: Unpack[AccountFields]
) -> AwsAccount:
    """Change the fields that are given and keep the others; raise Invalid as `add_account` does."""
    before = _fields_of(account)
    entered = tidy({**before, **fields})
    _refuse_problems(account.account_id, entered, besides=account)
    old, new = _shown(before), _shown(entered)
    changed = [name for name in AccountFields.__annotations__ if before[name] != entered[name]]  # type: ignore[literal-required]
    if not changed:
        return account
    try:
        with transaction.atomic():
            account.partition = partition_for(entered, otherwise=account.partition)
            for name in changed:
                setattr(account, name, entered[name])  # type: ignore[literal-required]
            # What the last test said was about the old way in.
            account.tested_at, account.test_problem = None, ""
            account.save(update_fields=[*changed, "partition", "tested_at", "test_problem"])
            data = {name: {"from": old[name], "to": new[name]} for name in changed}
            _record(Event.ACCOUNT_CHANGED, account, by=by, now=now, data=data)
    except IntegrityError:
        _refuse_problems(account.account_id, entered, besides=account)
        raise
    return account


def _refuse_problems(account_id: str, fields: AccountFields, *, besides: AwsAccount | None) -> None:
    found = problems(account_id, fields)
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
