"""What an edit of an account says: which fields it changes, and the hash that people agree to. Reads only."""

from __future__ import annotations

from typing import Any

from keyconsole.audit.canonical import sha256_of
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import WAY_IN
from keyconsole.aws_accounts.register import AccountChanges
from keyconsole.policies.models import AccountEdit

Facts = dict[str, Any]


def as_it_is(account: AwsAccount, also: AccountChanges | Facts) -> Facts:
    """The whole way in, and the other fields that an edit changes. Of the external id only its hash."""
    found = {name: getattr(account, name) for name in dict.fromkeys([*WAY_IN, *also])}
    return found | {"external_id": sha256_of(account.external_id) if account.external_id else ""}


def edit_sha256(account: AwsAccount, before: Facts, after: Facts) -> str:
    return sha256_of({"account": account.account_id, "before": before, "after": after})


def was_changed(edit: AccountEdit) -> bool:
    """Whether what it starts from is no longer so: it would undo unseen what came in between."""
    now, before = as_it_is(edit.account, edit.after), dict(edit.before)
    return now != before
