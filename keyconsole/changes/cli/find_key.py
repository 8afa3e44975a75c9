"""Finds the key that a person names at the terminal, by id or ARN. Raises Refused in AWS's words."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.kms.facts import KeyArn
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def find_key(text: str, *, account_id: str = "") -> MultiRegionKey:
    """`account_id` decides where the same bare id is known in several accounts."""
    text = text.strip()
    if text.startswith("alias/") or ":alias/" in text:
        sentence = f"{_short(text)}: Key Aliases are not supported for this operation."
        raise Refused(Reason(Code.KEY_NAME_INVALID, sentence))
    if text.startswith("arn:"):
        return _by_arn(text, account_id=account_id)
    if not text.startswith("mrk-"):
        sentence = f"{_short(text)} is not the id of a multi-Region key: those begin with mrk-."
        raise Refused(Reason(Code.KEY_NAME_INVALID, sentence))
    return _one(text, account_id=account_id)


def named_account(text: str) -> AwsAccount:
    """An account by its number or name; raises Refused."""
    account = (
        AwsAccount.objects.filter(account_id=text).first() or AwsAccount.objects.filter(name=text).first()
    )
    if account is None:
        sentence = f"{_short(text)} is not an account that KeyConsole knows. Add it with add_account first."
        raise Refused(Reason(Code.ACCOUNT_UNKNOWN, sentence))
    return account


def _by_arn(text: str, *, account_id: str) -> MultiRegionKey:
    try:
        arn = KeyArn.parse(text)
    except ValueError as error:
        raise Refused(Reason(Code.KEY_NAME_INVALID, str(error))) from None
    if account_id and arn.account_id != account_id:
        sentence = f"{_short(text)} belongs to account {arn.account_id}, not to {account_id}."
        raise Refused(Reason(Code.KEY_ELSEWHERE, sentence))
    key = _one(arn.key_id, account_id=arn.account_id)
    if key.account.partition != arn.partition:
        sentence = f"{_short(text)} is in another AWS partition than account {arn.account_id}."
        raise Refused(Reason(Code.KEY_ELSEWHERE, sentence))
    if key.primary_region and arn.region != key.primary_region:
        sentence = (
            f"{_short(text)} is not a multi-Region primary key. The primary is in {key.primary_region}."
        )
        raise Refused(Reason(Code.KEY_NOT_PRIMARY, sentence))
    return key


def _one(key_id: str, *, account_id: str) -> MultiRegionKey:
    keys = MultiRegionKey.objects.select_related("account").filter(key_id=key_id)
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
