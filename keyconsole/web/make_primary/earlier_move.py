"""The earlier change that a form comes from: asked for again, or put back. What was written then is kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.requests.afterwards import ASKED_AGAIN, reason_back
from keyconsole.changes.states import State
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.references import CHANGE, number_of


@dataclass(frozen=True, slots=True)
class EarlierMove:
    change: Change
    is_put_back: bool

    @property
    def written(self) -> dict[str, str]:
        """What the form begins with."""
        reason = reason_back(self.change) if self.is_put_back else self.change.reason
        return {"reason": reason, "ticket": self.change.ticket}


def earlier_move(person: User, ref: str, *, key: MultiRegionKey, to_region: str) -> EarlierMove | None:
    """None where it is no change of this key that the person sees, or led somewhere else."""
    number = number_of(CHANGE, ref)
    if not number:
        return None
    visible = Change.objects.visible_in(accounts_where(person, Permission.VIEW)).filter(key=key)
    change = visible.filter(number=number).first()
    if change is None:
        return None
    if change.state == State.DONE and to_region == change.from_region:
        return EarlierMove(change, is_put_back=True)
    if change.state in ASKED_AGAIN and to_region == change.to_region:
        return EarlierMove(change, is_put_back=False)
    return None
