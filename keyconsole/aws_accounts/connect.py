"""From an account's row to a connection. The only place above `kms` that opens one."""

from __future__ import annotations

from keyconsole.aws_accounts.fields import AccountFields, tidy
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.page_choices import Allowed, Origin, page_problems
from keyconsole.kms.errors import CredentialsRefused
from keyconsole.kms.facts import Identity
from keyconsole.kms.sessions import AccountSession, connect, own_identity


def enter(account: AwsAccount, *, session_name: str = "keyconsole") -> AccountSession:
    """Raise a KmsError where the account cannot be entered, or is another one. Close what you get."""
    _refuse_what_is_not_allowed(account)
    return connect(account.credential_source, account_id=account.account_id, session_name=session_name)


def own_identity_for(account: AwsAccount) -> Identity:
    """Who the server is before it assumes the account's role; raises a KmsError where nobody can tell."""
    _refuse_what_is_not_allowed(account)
    return own_identity(account.credential_source)


def _refuse_what_is_not_allowed(account: AwsAccount) -> None:
    """Asked again each time: the operator may have taken a name back since a page chose it."""
    if account.origin != Origin.PAGE:
        return
    fields = tidy({name: getattr(account, name) for name in AccountFields.__annotations__})
    if page_problems(fields, allowed=Allowed.by_the_operator()):
        raise CredentialsRefused(
            operation="These credentials",
            message="the operator of the server does not allow pages to choose them",
        )
