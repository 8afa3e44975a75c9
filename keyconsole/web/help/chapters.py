"""The chapters of the help, and the tables in it that come from the code itself, so that they cannot lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings

from keyconsole.audit.events import Event
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role
from keyconsole.notifications.topics import Topic
from keyconsole.refusal_codes import Code
from keyconsole.web.accounts.iam_role import role_to_create
from keyconsole.web.help.threats import ASSETS, HELPS_MOST, THREATS


@dataclass(frozen=True, slots=True)
class Chapter:
    slug: str
    title: str
    about: str

    @property
    def for_role(self) -> bool:
        """About what somebody does, not about a part of the product."""
        return self in FOR_ROLES


FOR_ROLES = (
    Chapter("approver", "I am an approver", "Decide about a move in two clicks, and what to look at."),
    Chapter("requester", "I ask for moves", "From the key to done, and what to do when it is refused."),
    Chapter("administrator", "I am an administrator", "Accounts, people, policies, and a bad day."),
    Chapter("auditor", "I audit", "Which Region was primary when, who agreed, and how to prove it."),
    Chapter("operator", "I run the server", "Watch it, back it up, upgrade it, get back in."),
)

CHAPTERS = (
    *FOR_ROLES,
    Chapter("what-it-is", "What KeyConsole is", "What it does for you, and what it does not do."),
    Chapter("keys", "Keys and Regions", "What the keys pages show, and what unknown means."),
    Chapter("making-a-primary", "Making a primary", "From the key to the confirmation, check by check."),
    Chapter("approvals", "Approvals and emergencies", "Who has to agree, to what exactly, and what if not."),
    Chapter("settling", "Settling", "What happens after the call, and a change's whole life."),
    Chapter(
        "refusals", "Refusals", "When AWS says no and what to do then; KeyConsole's own, each by its code."
    ),
    Chapter("scans", "Scans", "How keys are found, and the answers that a Region can give."),
    Chapter("accounts", "AWS accounts", "Credentials for an account, and the IAM role to create there."),
    Chapter("signing-in", "Signing in and second factors", "Passwords, passkeys, codes, and lost devices."),
    Chapter("roles", "Roles and permissions", "Who may do what, per account or everywhere."),
    Chapter("people", "People and access review", "Inviting, sessions, disabling, and who could move what."),
    Chapter(
        "two-people", "Two people for what gives power", "What one proposes and another agrees to, and why."
    ),
    Chapter(
        "single-sign-on", "Single sign-on", "OpenID Connect or a trusted proxy; groups, and what they give."
    ),
    Chapter("policies", "Policies", "Which keys need whose approval, and how that is changed."),
    Chapter("events", "Events and the record", "Everything that is recorded, and how to prove it."),
    Chapter("notifications", "Notifications", "Who is told what, and how to verify a webhook."),
    Chapter("command-line", "Command line", "Every command, its options and its exit status."),
    Chapter(
        "threat-model", "Threat model", "From whom what is protected, what each can still do, what finds it."
    ),
    Chapter("keyboard", "Keyboard and accessibility", "Without a mouse, without JavaScript, on paper."),
    Chapter("vocabulary", "Vocabulary", "The words, and what each of them means here."),
)

PERMISSIONS = {
    Permission.VIEW: "See keys, scans and changes.",
    Permission.REQUEST: "Ask to make a replica the primary.",
    Permission.APPROVE: "Approve what others ask for.",
    Permission.READ_AUDIT: "Read and export every event.",
    Permission.SCAN: "Start a scan, test a connection.",
    Permission.ADMINISTER: "Add accounts, propose how they are entered and who decides, cancel changes.",
}


# A role without a chapter of its own reads what the pages of keys show.
_BY_ROLE = {
    Role.REQUESTER: "requester",
    Role.APPROVER: "approver",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
}


def chapter_for_role(role: str) -> str:
    return _BY_ROLE.get(Role(role), "keys") if role in set(Role) else "roles"


def chapter_called(slug: str) -> Chapter | None:
    return next((chapter for chapter in CHAPTERS if chapter.slug == slug), None)


def tables() -> dict[str, Any]:
    return {
        "event_groups": [(noun, list(events)) for noun, events in groupby(Event, key=_noun)],
        "roles": list(Role),
        "permissions": [
            (permission.value, PERMISSIONS[permission], _ticks(permission)) for permission in Permission
        ],
        "topics": list(Topic),
        "codes": list(Code),
        "assets": ASSETS,
        "threats": THREATS,
        "helps_most": HELPS_MOST,
        "sso_refresh_minutes": settings.KEYCONSOLE_SSO_REFRESH_MINUTES,
        "sso_grace_hours": settings.KEYCONSOLE_SSO_GRACE_HOURS,
        "role": role_to_create(account_id="111122223333", partition="aws"),
    }


def _noun(event: Event) -> str:
    return event.value.partition(".")[0]


def _ticks(permission: Permission) -> list[tuple[str, bool]]:
    return [(role.value, permission in ALLOWS[role]) for role in Role]
