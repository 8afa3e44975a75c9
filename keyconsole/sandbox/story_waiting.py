"""What waits in the demo when it starts: one change of payments with Ben's approval, which needs Bea's.

Asked for and approved by the product's own verbs, so that it stands as any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from keyconsole.changes.approving import approve
from keyconsole.changes.models import Change
from keyconsole.changes.workflow import request_move
from keyconsole.inventory.models import MultiRegionKey

from .happenings import Happening
from .story_keys import IRELAND
from .story_office import sign_in

ALIAS, TO_REGION = "direct-debit", IRELAND
_FORM = "story-waiting"
_ASKED, _APPROVED = timedelta(minutes=52), timedelta(minutes=31)


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

    yield sign_in("ana", at=now - _ASKED - timedelta(minutes=4))
    yield Happening(now - _ASKED, ask)
    yield sign_in("ben", at=now - _APPROVED - timedelta(minutes=3))
    yield Happening(now - _APPROVED, agree)
