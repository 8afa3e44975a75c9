"""Whether one administrator may still act alone: only until there is a second one, ever.

Otherwise whoever takes the role from all the others could give themselves everything. Reads only.
"""

from __future__ import annotations

from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role


def may_act_alone(person: User) -> bool:
    """Who administers every account, and is the only one who ever did."""
    return can(person, Permission.ADMINISTER) and administrators_ever() <= {person.username}


def administrators_ever() -> set[str]:
    """Everybody who administers every account, or did so once, as the record has it."""
    role = Role.ADMINISTRATOR.value
    granted = Entry.objects.filter(event=Event.ROLE_GRANTED.value, data__role=role, data__account="all")
    held = RoleGrant.objects.filter(role=role, account=None)
    return {
        *granted.values_list("subject", flat=True),
        *held.values_list("person__username", flat=True),
    }
