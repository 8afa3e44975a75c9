"""Whether one administrator may still act alone: only until there is a second who decides, ever.

Otherwise whoever takes the role from all the others, or disables them, could give themselves everything.
Reads only.
"""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models import Q

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role


def may_act_alone(person: User, *, deciders_ever: Collection[str]) -> bool:
    """Who administers every account, and is the only one who decides about such things or ever did."""
    return can(person, Permission.ADMINISTER) and set(deciders_ever) <= {person.username}


def administrators_ever() -> set[str]:
    """Everybody who administers any account, or did so once, as the record has it.

    Also of a single account: else its administrator could be passed over by what holds in all of them.
    """
    return _held_ever(Q(role=Role.ADMINISTRATOR.value), Q(data__role=Role.ADMINISTRATOR.value))


def everywhere_ever(*roles: Role) -> set[str]:
    """Everybody who holds one of the roles in every account, or did so once."""
    names = [role.value for role in roles]
    return _held_ever(Q(role__in=names, account=None), Q(data__role__in=names, data__account="all"))


def _held_ever(held: Q, granted: Q) -> set[str]:
    entries = Entry.objects.filter(granted, event=Event.ROLE_GRANTED.value)
    grants = RoleGrant.objects.filter(held)
    return {
        *entries.order_by().values_list("subject", flat=True).distinct(),
        *grants.order_by().values_list("person__username", flat=True),
    }
