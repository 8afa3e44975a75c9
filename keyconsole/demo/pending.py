"""What waits in the demo when it starts: a change that needs Bea, three keys together, a role that needs Eve.

Asked for and approved by the product's own verbs, so that it stands as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.changes.approvals.decide import approve
from keyconsole.changes.batches.request import request_batch
from keyconsole.changes.models import Change
from keyconsole.changes.requests.request import request_move
from keyconsole.demo.accounts_and_regions import ARCHIVE
from keyconsole.demo.keys import IRELAND
from keyconsole.demo.sign_ins import sign_in
from keyconsole.demo.timeline import Happening
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.propose import propose

ALIAS, TO_REGION = "direct-debit", IRELAND
_FORM = "story-waiting"
TOGETHER = ("acquirer-links", "merchant-secrets", "payment-queue")
_ASKED, _APPROVED, _ASKED_TOGETHER = timedelta(minutes=52), timedelta(minutes=31), timedelta(minutes=18)
_PROPOSED = timedelta(minutes=42)


def waiting_happenings(
    keys: dict[str, MultiRegionKey], people: dict[str, User], *, now: datetime
) -> Iterator[Happening]:
    def ask(at: datetime) -> None:
        request_move(
            keys[ALIAS],
            to_region=TO_REGION,
            by=people["ana"],
            reason="The mandates are administered from Dublin since this month.",
            ticket="PAY-1412",
            token=_FORM,
            now=at,
        )

    def agree(at: datetime) -> None:
        change = Change.objects.select_related("key__account", "requester").get(request_token=_FORM)
        words = "Checked with the team in Dublin: both key policies name their role."
        approve(change, by=people["ben"], plan_sha256=change.plan_sha256, comment=words, now=at)

    def ask_together(at: datetime) -> None:
        request_batch(
            [keys[alias] for alias in TOGETHER],
            to_region=TO_REGION,
            by=people["ana"],
            reason="What talks to acquirers is run from Dublin from December on.",
            ticket="PAY-1420",
            token=f"{_FORM}-together",
            now=at,
        )

    yield sign_in("ana", at=now - _ASKED - timedelta(minutes=4))
    yield Happening(now - _ASKED, ask)
    yield sign_in("ben", at=now - _APPROVED - timedelta(minutes=3))
    yield Happening(now - _APPROVED, agree)
    yield Happening(now - _ASKED_TOGETHER, ask_together)


def power_happenings(
    people: dict[str, User], accounts: dict[str, AwsAccount], *, now: datetime
) -> Iterator[Happening]:
    """Ada proposes that Bea approves in archive; Eve has to agree."""

    def propose_bea(at: datetime) -> None:
        facts = grant_role.facts_of(people["bea"], Role.APPROVER, accounts[ARCHIVE.name], ends_at=None)
        why = (
            "Nobody approves in archive, so that nobody there could agree to end its freeze after the audit."
        )
        propose(grant_role.NAME, facts, by=people["ada"], why=why, now=at)

    yield sign_in("ada", at=now - _PROPOSED - timedelta(minutes=5))
    yield Happening(now - _PROPOSED, propose_bea)
