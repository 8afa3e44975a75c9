"""By which reference the log speaks of a row that a worker takes a step for."""

from __future__ import annotations

from keyconsole.audit.models import Duty
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Batch, Change
from keyconsole.inventory.models import Scan
from keyconsole.lease import Leased
from keyconsole.logs.about import Facts
from keyconsole.notifications.models import Delivery
from keyconsole.people.models import SsoIdentity


def facts_of(row: Leased) -> Facts:
    """Of what its lane has loaded with it: nothing is asked of the database for a line in the log."""
    facts: Facts = {}
    match row:
        case Change():
            facts = {"change": row.ref, "account": row.key.account.account_id}
            facts = {**facts, "batch": row.batch.ref} if row.batch else facts
        case Batch():
            facts = {"batch": row.ref}
        case Scan():
            facts = {"scan": row.pk, "account": row.account.account_id}
        case AwsAccount():
            facts = {"account": row.account_id}
        case Delivery():
            facts = {"delivery": str(row.ref), "topic": row.topic}
        case Duty():
            facts = {"duty": row.name}
        case SsoIdentity():
            facts = {"person": row.person.username}
    return facts
