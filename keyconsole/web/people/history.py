"""What happened to one person's access, each in a phrase; sign-ins are left to the audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.web.audit.list import entries_for

_LEFT_OUT = [Event.PERSON_SIGNED_IN.value, Event.PERSON_SIGNED_OUT.value, Event.PERSON_PROVED.value]
_PHRASES: dict[str, str] = {
    Event.ROLE_GRANTED: "Given the role {role} in {account}",
    Event.ROLE_REVOKED: "Role {role} in {account} taken away",
    Event.GROUP_JOINED: "Joined the group {group}",
    Event.GROUP_LEFT: "Left the group {group}",
    Event.PERSON_ADDED: "Added",
    Event.PERSON_INVITED: "Invited",
    Event.PERSON_INVITATION_ACCEPTED: "Accepted the invitation",
    Event.PERSON_INVITATION_WITHDRAWN: "Invitation taken back",
    Event.PERSON_RESET_LINK_MADE: "Link for a new password made",
    Event.PERSON_RESET_LINK_WITHDRAWN: "Link for a new password taken back",
    Event.PERSON_PASSWORD_CHANGED: "New password",
    Event.PERSON_SIGN_IN_FAILED: "Sign-in refused",
    Event.PERSON_DISABLED: "Disabled",
    Event.PERSON_ENABLED: "Enabled",
    Event.SESSION_ENDED: "Sessions ended",
    Event.TOKEN_MADE: "Token {token} made",
    Event.TOKEN_ENDED: "Token {token} ended",
    Event.ACCESS_PROPOSED: "Proposed: {says}",
    Event.ACCESS_REJECTED: "Rejected: {says}",
    Event.ACCESS_REVIEW_CONFIRMED: "Confirmed in {review}: {what}",
    Event.ACCESS_REVIEW_REMOVED: "Removed in {review}: {what}",
}


@dataclass(frozen=True, slots=True)
class Happened:
    entry: Entry
    phrase: str
    why: str
    by: str


def history(person: User, *, by: User, at_most: int) -> list[Happened]:
    entries = list(_entries(person, by)[:at_most])
    accounts = AwsAccount.objects.filter(account_id__in={entry.account_id for entry in entries})
    names = {"all": "all accounts", **dict(accounts.values_list("account_id", "name"))}
    return [_happened(entry, person, names) for entry in entries]


def _entries(person: User, by: User) -> QuerySet[Entry]:
    about = entries_for(by).filter(subject=person.username).exclude(event__in=_LEFT_OUT)
    return about.order_by("-number")


def _happened(entry: Entry, person: User, names: Mapping[str, str]) -> Happened:
    facts = {name: str(value) for name, value in entry.data.items()}
    if where := facts.get("account"):
        facts["account"] = names.get(where, where)
    try:
        phrase = _PHRASES[entry.event].format(**facts)
    except KeyError:  # an event without a phrase, or an old one with other facts
        phrase = entry.describes
    by = "" if entry.actor == person.username else entry.actor
    return Happened(entry, phrase, facts.get("why", ""), by)
