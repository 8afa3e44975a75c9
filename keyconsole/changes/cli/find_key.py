"""Finds the key that a person names at the terminal, by id or ARN. Raises Refused in AWS's words."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.kms.facts import KeyArn
from keyconsole.refusals import Refused


def find_key(text: str, *, account_id: str = "") -> MultiRegionKey:
    """`account_id` decides where the same bare id is known in several accounts."""
    text = text.strip()
    if text.startswith("alias/") or ":alias/" in text:
        raise Refused(f"{_short(text)}: Key Aliases are not supported for this operation.")
    if text.startswith("arn:"):
        return _by_arn(text, account_id=account_id)
    if not text.startswith("mrk-"):
        raise Refused(f"{_short(text)} is not the id of a multi-Region key: those begin with mrk-.")
    return _one(text, account_id=account_id)


def named_account(text: str) -> AwsAccount:
    """An account by its number or name; raises Refused."""
    account = (
        AwsAccount.objects.filter(account_id=text).first() or AwsAccount.objects.filter(name=text).first()
    )
    if account is None:
        raise Refused(
            f"{_short(text)} is not an account that KeyConsole knows. Add it with add_account first."
        )
    return account


def _by_arn(text: str, *, account_id: str) -> MultiRegionKey:
    try:
        arn = KeyArn.parse(text)
    except ValueError as error:
        raise Refused(str(error)) from None
    if account_id and arn.account_id != account_id:
        raise Refused(f"{_short(text)} belongs to account {arn.account_id}, not to {account_id}.")
    key = _one(arn.key_id, account_id=arn.account_id)
    if key.account.partition != arn.partition:
        raise Refused(f"{_short(text)} is in another AWS partition than account {arn.account_id}.")
    if key.primary_region and arn.region != key.primary_region:
        raise Refused(
            f"{_short(text)} is not a multi-Region primary key. The primary is in {key.primary_region}."
        )
    return key


def _one(key_id: str, *, account_id: str) -> MultiRegionKey:
    keys = MultiRegionKey.objects.select_related("account").filter(key_id=key_id)
    if account_id:
        keys = keys.filter(account__account_id=account_id)
    found = list(keys[:2])
    if not found:
        where = f" in account {account_id}" if account_id else ""
        raise Refused(f"{_short(key_id)} is not known{where}. Scan the account first: manage.py scan.")
    if len(found) > 1:
        raise Refused(f"{_short(key_id)} is known in several accounts. Say which with --account.")
    return found[0]


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."
