"""The four lists of an access review, for the page and for files: one query or few, whatever their length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from keyconsole.audit.events import Event
from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.policies.access.who_can_move import Movers, who_can_move
from keyconsole.policies.governing.governed_keys import governed_keys
from keyconsole.web.access_review.sight import AuditSight
from keyconsole.web.audit.list import entries_for

NOT_SEEN_FOR, ENDS_WITHIN = timedelta(days=90), timedelta(days=30)
ACCESS_EVENTS = [
    Event.ROLE_GRANTED,
    Event.ROLE_REVOKED,
    Event.GROUP_JOINED,
    Event.GROUP_LEFT,
    Event.PERSON_ADDED,
    Event.PERSON_INVITED,
    Event.PERSON_INVITATION_ACCEPTED,
    Event.PERSON_DISABLED,
    Event.PERSON_ENABLED,
    Event.ACCESS_APPLIED,
]
COLUMNS = {
    "movers": (
        "account_id",
        "account",
        "policy",
        "keys",
        "needs",
        "alone",
        "may_ask",
        "asks_in_vain",
        "could_agree",
        "emergency",
        "in_doubt",
        "frozen",
    ),
    "unseen": ("person", "last_seen_at", "last_sign_in_at", "added_at", "roles"),
    "ending": ("person", "role", "account_id", "account", "comes_from", "given_by", "given_at", "ends_at"),
    "changes": ("number", "at", "event", "actor", "subject", "account_id", "data"),
}


def movers(sight: AuditSight) -> list[Movers]:
    return who_can_move(governed_keys(sight.accounts()))


def unseen(sight: AuditSight, *, now: datetime) -> QuerySet[User]:
    """May sign in, was there for 90 days at least, and was not seen in them. The longest away first."""
    before = now - NOT_SEEN_FOR
    stayed_away = Q(last_seen__at__lt=before) | Q(last_seen=None, last_login__lt=before)
    never_came = Q(last_seen=None, last_login=None, date_joined__lt=before)
    people = sight.people().filter(stayed_away | never_came, is_active=True).select_related("last_seen")
    return people.order_by("date_joined", "pk")


def ending(sight: AuditSight, *, now: datetime) -> QuerySet[RoleGrant]:
    soon = sight.grants().filter(ends_at__lte=now + ENDS_WITHIN)
    return soon.order_by("ends_at", "pk")


def changes(sight: AuditSight, *, since: datetime) -> QuerySet[Entry]:
    entries = entries_for(sight.by).filter(event__in=[event.value for event in ACCESS_EVENTS])
    return entries.filter(at__gte=since).order_by("-number")


def with_roles(people: Sequence[User], sight: AuditSight) -> list[tuple[User, list[RoleGrant]]]:
    held: dict[int, list[RoleGrant]] = {person.pk: [] for person in people}
    for grant in sight.grants().filter(person__in=held).order_by("role", "account__name"):
        held[grant.person_id].append(grant)
    return [(person, held[person.pk]) for person in people]


def exported(tab: str, sight: AuditSight, *, since: datetime, now: datetime) -> Iterator[dict[str, Any]]:
    """Every row of the list, each with the columns of its tab."""
    if tab == "movers":
        return (_mover_row(each) for each in movers(sight))
    if tab == "unseen":
        return _unseen_rows(list(unseen(sight, now=now)), sight)
    if tab == "ending":
        return (_ending_row(each) for each in ending(sight, now=now).iterator(chunk_size=1000))
    found = changes(sight, since=since).iterator(chunk_size=1000)
    return ({name: entry.content()[name] for name in COLUMNS["changes"]} for entry in found)


def _mover_row(each: Movers) -> dict[str, Any]:
    return {
        "account_id": each.account.account_id,
        "account": each.account.name,
        "policy": each.governed.policy or "none: the default",
        "keys": each.governed.keys,
        "needs": " and ".join(place.words for place in each.places) or "nobody",
        "alone": _names(each.alone),
        "may_ask": _names(each.asking),
        "asks_in_vain": _names(each.stuck),
        "could_agree": "; ".join(f"{place.words}: {_names(place.people)}" for place in each.places),
        "emergency": _names(each.emergency),
        "in_doubt": "yes" if each.governed.in_doubt else "no",
        "frozen": each.frozen,
    }


def _unseen_rows(people: list[User], sight: AuditSight) -> Iterator[dict[str, Any]]:
    for first in range(0, len(people), 500):
        for person, grants in with_roles(people[first : first + 500], sight):
            seen = getattr(person, "last_seen", None)
            yield {
                "person": person.username,
                "last_seen_at": seen.at.isoformat() if seen else "",
                "last_sign_in_at": person.last_login.isoformat() if person.last_login else "",
                "added_at": person.date_joined.isoformat(),
                "roles": "; ".join(
                    f"{each.role} in {each.account.name if each.account else 'all accounts'}"
                    for each in grants
                ),
            }


def _ending_row(grant: RoleGrant) -> dict[str, Any]:
    return {
        "person": grant.person.username,
        "role": grant.role,
        "account_id": grant.account.account_id if grant.account else "all",
        "account": grant.account.name if grant.account else "all accounts",
        "comes_from": f"SSO group {grant.sso_group}" if grant.sso_group else "by hand",
        "given_by": grant.granted_by,
        "given_at": grant.granted_at.isoformat(),
        "ends_at": grant.ends_at.isoformat() if grant.ends_at else "",
    }


def _names(people: Iterable[str]) -> str:
    return " ".join(people)
