"""What stands on the pages of mappings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from keyconsole.people.dual_control.may import could_agree, why_not_proposed
from keyconsole.people.models import AccessProposal, AccessState, SsoIdentity, SsoMapping
from keyconsole.people.sso.kinds.map_group import MAP_GROUP, NAME
from keyconsole.people.sso.mapping import Wanted, as_wanted, known_groups, mappings
from keyconsole.people.sso.oidc.provider import the_provider
from keyconsole.people.sso.trusted_proxy import is_used


@dataclass(frozen=True, slots=True)
class Row:
    mapping: SsoMapping
    gives: str
    people: int


@dataclass(frozen=True, slots=True)
class Decide:
    """Who else could agree; whether one alone may; and why it cannot be proposed, if so."""

    able: tuple[str, ...]
    alone: bool
    reasons: tuple[str, ...]


def listed() -> dict[str, Any]:
    groups = known_groups()
    people = dict(groups)
    rows = [Row(each, as_wanted(each).gives, people.get(each.sso_group, 0)) for each in mappings()]
    mapped = {row.mapping.sso_group for row in rows}
    return {
        "rows": rows,
        "groups": [(name, count, name in mapped) for name, count in groups],
        "waiting": AccessProposal.objects.select_related("proposer").filter(
            kind=NAME, state=AccessState.PROPOSED
        ),
        "provider": the_provider(),
        "by_proxy": is_used(),
    }


def unconfirmed(*, now: datetime) -> QuerySet[SsoIdentity]:
    """Whose groups nobody could confirm, although they may still be signed in."""
    since = now - timedelta(hours=settings.KEYCONSOLE_SSO_GRACE_HOURS)
    found = SsoIdentity.objects.filter(~Q(unconfirmed_why=""), confirmed_at__gt=since)
    return found.select_related("person").order_by("confirmed_at")


def who_decides(asked: Wanted, person: User, *, now: datetime) -> Decide:
    facts = asked.facts
    able = could_agree(MAP_GROUP, facts, proposer=person.username)
    reasons = tuple(map(str, why_not_proposed(person, MAP_GROUP, facts, now=now)))
    return Decide(tuple(sorted(able)), alone=not able and not reasons, reasons=reasons)
