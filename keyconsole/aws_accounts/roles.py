"""The five roles and what each may do. A table that a security officer can read."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    VIEW = "view"  # see keys, scans and changes
    REQUEST = "request"  # ask to make a replica the primary
    APPROVE = "approve"  # approve what others ask for
    READ_AUDIT = "read-audit"  # read and export every event
    SCAN = "scan"  # start a scan
    ADMINISTER = "administer"  # add accounts, propose how they are entered, grant roles


class Role(StrEnum):
    VIEWER = "viewer"
    REQUESTER = "requester"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ALLOWS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.VIEW}),
    Role.REQUESTER: frozenset({Permission.VIEW, Permission.SCAN, Permission.REQUEST}),
    Role.APPROVER: frozenset({Permission.VIEW, Permission.SCAN, Permission.APPROVE}),
    Role.AUDITOR: frozenset({Permission.VIEW, Permission.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.VIEW, Permission.SCAN, Permission.READ_AUDIT, Permission.ADMINISTER}
    ),
}

# What these allow is to decide about others: one person alone gives them to nobody.
POWERFUL: frozenset[Role] = frozenset(
    role for role, allowed in ALLOWS.items() if allowed & {Permission.APPROVE, Permission.ADMINISTER}
)


def roles_that_allow(permission: Permission) -> list[Role]:
    return [role for role, permissions in ALLOWS.items() if permission in permissions]
