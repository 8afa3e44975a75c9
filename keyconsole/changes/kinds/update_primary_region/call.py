"""The one call that moves a primary. That it is sent once, and recorded first, holds for every kind."""

from __future__ import annotations

from keyconsole.changes.models import Change
from keyconsole.kms.errors import KmsError, NotPrimary
from keyconsole.kms.facts import KeyArn
from keyconsole.kms.sessions import AccountSession


def call(change: Change, session: AccountSession) -> str:
    """The call goes to the primary's Region and names the new one."""
    arn = KeyArn.parse(change.plan["key_arn"])
    answer = session.kms(arn.region).update_primary_region(arn, primary_region=change.to_region)
    return answer.request_id


def may_have_happened(error: KmsError) -> bool:
    """Somebody may have moved it at the same moment: only looking tells who won."""
    return isinstance(error, NotPrimary)
