"""From an account's row to a connection. The only place above `kms` that opens one."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.kms.sessions import AccountSession, connect


def enter(account: AwsAccount, *, session_name: str = "keyconsole") -> AccountSession:
    """Raise a KmsError where the account cannot be entered, or is another one. Close what you get."""
    return connect(account.credential_source, account_id=account.account_id, session_name=session_name)
