"""One person's page: what they hold and how, their sessions and history, and what one may do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.notifications import path_of
from keyconsole.people.models import AccessProposal, AccessState, OneTimeLink, Purpose
from keyconsole.people.sessions import live_sessions_of
from keyconsole.web.people.facts import Place, facts_about
from keyconsole.web.people.history import history
from keyconsole.web.people.visible import Sight

EVENTS_SHOWN = 15


def page_about(person: User, sight: Sight, *, now: datetime) -> dict[str, Any]:
    [facts] = facts_about([person], sight, now=now)
    own, active = person.pk == sight.by.pk, person.is_active
    manages = sight.everywhere
    return {
        "person": person,
        "facts": facts,
        "sight": sight,
        "is_own": own,
        "roles": [(place, _may_take(place, sight) and not own) for place in facts.roles],
        "waiting": [(proposal, path_of(proposal)) for proposal in _waiting(person, sight)],
        "sessions": live_sessions_of(person, now=now) if manages else [],
        "tokens": person.personal_tokens.filter(ended_at=None, expires_at__gt=now) if manages else [],
        "reset_link": _open_reset_link(person, now=now) if manages else None,
        "history": history(person, by=sight.by, at_most=EVENTS_SHOWN),
        "may_manage": manages and not own,
        "may_give": not own and (active or facts.state == "invited"),
    }


def _may_take(place: Place, sight: Sight) -> bool:
    """By hand alone; a role for all accounts by who administers all."""
    grant = place.grant
    return grant is not None and not grant.sso_group and (sight.everywhere or grant.account is not None)


def _waiting(person: User, sight: Sight) -> QuerySet[AccessProposal]:
    """What was proposed about them and not decided on."""
    waiting = AccessProposal.objects.filter(subject=person.username, state=AccessState.PROPOSED)
    if sight.everywhere:
        return waiting
    theirs = accounts_where(sight.by, Permission.ADMINISTER).values("account_id")
    return waiting.filter(account_id__in=theirs)


def _open_reset_link(person: User, *, now: datetime) -> OneTimeLink | None:
    links = person.one_time_links.filter(purpose=Purpose.RESET, used_at=None, withdrawn_at=None)
    return links.filter(expires_at__gt=now).first()
