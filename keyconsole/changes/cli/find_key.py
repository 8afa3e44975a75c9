"""Finds the key that a person names at the terminal, by id or ARN. Raises Refused in AWS's words."""

from __future__ import annotations

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.kms.facts import KeyArn
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def find_key_in(text: str, *, account: str, seen_by: User) -> MultiRegionKey:
    """`account`: the number or name that was typed with it, if any."""
    account_id = named_account(account, seen_by=seen_by).account_id if account else ""
    return find_key(text, account_id=account_id, seen_by=seen_by)


def find_key(text: str, *, account_id: str = "", seen_by: User) -> MultiRegionKey:
    """`account_id` decides where the same bare id is known in several accounts.

    What the person may not see is not known: it gets the words of what is not there.
    """
    text = text.strip()
    if text.startswith("alias/") or ":alias/" in text:
        sentence = f"{_short(text)}: Key Aliases are not supported for this operation."
        raise Refused(Reason(Code.KEY_NAME_INVALID, sentence))
    if text.startswith("arn:"):
        return _by_arn(text, account_id=account_id, seen_by=seen_by)
    if not text.startswith("mrk-"):
        sentence = f"{_short(text)} is not the id of a multi-Region key: those begin with mrk-."
        raise Refused(Reason(Code.KEY_NAME_INVALID, sentence))
    return _one(text, account_id=account_id, seen_by=seen_by)


def named_account(text: str, *, seen_by: User) -> AwsAccount:
    """An account by its number or name, among those that the person may see; raises Refused."""
    visible = accounts_where(seen_by, Permission.VIEW)
    account = visible.filter(account_id=text).first() or visible.filter(name=text).first()
    if account is None:
        sentence = f"{_short(text)} is not an account that KeyConsole knows. Add it with add_account first."
        raise Refused(Reason(Code.ACCOUNT_UNKNOWN, sentence))
    return account


def _by_arn(text: str, *, account_id: str, seen_by: User) -> MultiRegionKey:
    try:
        arn = KeyArn.parse(text)
    except ValueError as error:
        raise Refused(Reason(Code.KEY_NAME_INVALID, str(error))) from None
    if account_id and arn.account_id != account_id:
        sentence = f"{_short(text)} belongs to account {arn.account_id}, not to {account_id}."
        raise Refused(Reason(Code.KEY_ELSEWHERE, sentence))
    key = _one(arn.key_id, account_id=arn.account_id, seen_by=seen_by)
    if key.account.partition != arn.partition:
        sentence = f"{_short(text)} is in another AWS partition than account {arn.account_id}."
        raise Refused(Reason(Code.KEY_ELSEWHERE, sentence))
    if key.primary_region and arn.region != key.primary_region:
        sentence = (
            f"{_short(text)} is not a multi-Region primary key. The primary is in {key.primary_region}."
        )
        raise Refused(Reason(Code.KEY_NOT_PRIMARY, sentence))
    return key


def _one(key_id: str, *, account_id: str, seen_by: User) -> MultiRegionKey:
    visible = accounts_where(seen_by, Permission.VIEW)
    keys = MultiRegionKey.objects.select_related("account").filter(key_id=key_id, account__in=visible)
    if account_id:
        keys = keys.filter(account__account_id=account_id)
    found = list(keys[:2])
    if not found:
        where = f" in account {account_id}" if account_id else ""
        sentence = f"{_short(key_id)} is not known{where}. Scan the account first: manage.py scan."
        raise Refused(Reason(Code.KEY_UNKNOWN, sentence))
    if len(found) > 1:
        sentence = f"{_short(key_id)} is known in several accounts. Say which with --account."
        raise Refused(Reason(Code.KEY_AMBIGUOUS, sentence))
    return found[0]


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."
