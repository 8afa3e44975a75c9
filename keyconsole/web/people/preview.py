"""What giving a role or a place in a group would mean, in one sentence, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.dual_control.alone import may_act_alone
from keyconsole.people.dual_control.kind import Facts, kind_called
from keyconsole.people.dual_control.kinds import grant_role
from keyconsole.people.dual_control.may import could_agree, may_propose
from keyconsole.text import listed

_NAMES_SHOWN = 5
_MAY = {
    Role.VIEWER: "see the keys, scans and changes of {where}",
    Role.REQUESTER: "ask for moves in {where}, and start scans there",
    Role.APPROVER: "approve moves in {where}",
    Role.AUDITOR: "read and export every event of {where}",
    Role.ADMINISTRATOR: "administer {where}: give roles there, and propose how it is entered",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """`says`: what would be so. `then`: who has to agree. `refused`: why it cannot be sent; else empty."""

    says: str
    then: str
    needs_agreement: bool
    refused: tuple[str, ...] = ()


def preview_of_role(
    person: User, role: Role, account: AwsAccount | None, *, ends_at: datetime | None, by: User
) -> Preview:
    where = account.name if account else "every account"
    until = f" until {ends_at:%Y-%m-%d %H:%M} UTC" if ends_at else ""
    says = f"{person.username} may then {_MAY[role].format(where=where)}{until}."
    if role not in grant_role.POWERFUL:
        return Preview(says, "It holds at once. Nobody else has to agree.", needs_agreement=False)
    facts = grant_role.facts_of(person, role, account, ends_at=ends_at)
    return agreed_preview(says, grant_role.NAME, facts, by=by)


def agreed_preview(says: str, kind_name: str, facts: Facts, *, by: User) -> Preview:
    kind = kind_called(kind_name)
    refused: tuple[str, ...] = tuple(map(str, may_propose(by, kind, facts, now=timezone.now()).reasons))
    able = sorted(could_agree(kind, facts, proposer=by.username))
    if able:
        names = [
            *able[:_NAMES_SHOWN],
            *([f"{len(able) - _NAMES_SHOWN} more"] if len(able) > _NAMES_SHOWN else []),
        ]
        then = f"Another administrator has to agree first: {listed(names, 'or')}."
    elif may_act_alone(by, deciders_ever=kind.deciders_ever()):
        then = "It holds at once: there never was a second administrator who could agree. The record says so."
    else:
        then, refused = "", (*refused, "Nobody but you could agree to it. The server's terminal is the way.")
    return Preview(says, then, needs_agreement=bool(able), refused=refused)
