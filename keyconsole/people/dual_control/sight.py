"""Whose eyes a proposal is for: who decides about it, who proposed it, whom it is about, and auditors.

For everybody else it does not exist. Reads, never writes.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from keyconsole.aws_accounts.permissions import accounts_where, can
from keyconsole.aws_accounts.roles import Permission
from keyconsole.people.dual_control.kind import kind_called
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.references import ACCESS, number_of


def proposals_seen_by(person: User) -> QuerySet[AccessProposal]:
    if not person.is_active:
        return AccessProposal.objects.none()
    theirs = _theirs(person)
    return AccessProposal.objects.filter(theirs | Q(pk__in=_decided_about_by(person, besides=theirs)))


def proposal_called(ref: str, *, seen_by: User | None = None) -> AccessProposal | None:
    """None for one that is not there, or not for this person; the operator reads everything."""
    rows = AccessProposal.objects.select_related("proposer", "decided_by")
    proposal = rows.filter(number=number_of(ACCESS, ref)).first()
    if proposal is None or seen_by is None:
        return proposal
    is_theirs = seen_by.is_active and rows.filter(_theirs(seen_by), pk=proposal.pk).exists()
    return proposal if is_theirs or _decides(seen_by, proposal) else None


def _theirs(person: User) -> Q:
    """What they proposed, decided or are the subject of; and what lies where they read the record."""
    if can(person, Permission.READ_AUDIT):
        return ~Q(pk__in=[])
    where = accounts_where(person, Permission.READ_AUDIT).values("account_id")
    about = Q(subject=person.username, facts__person=person.username)
    return Q(proposer=person) | Q(decided_by=person) | about | Q(account_id__in=where)


def _decided_about_by(person: User, *, besides: Q) -> list[int]:
    """Who administers reads the record there; what is left is decided by others, and is little."""
    seen: dict[str, bool] = {}
    found = []
    for proposal in AccessProposal.objects.exclude(besides):
        kind = kind_called(proposal.kind)
        waits = proposal.state == AccessState.PROPOSED
        if not waits and not kind.has_one_circle:
            continue
        key = proposal.kind if kind.has_one_circle else proposal.ref
        if key not in seen:
            seen[key] = _decides(person, proposal)
        found += [proposal.pk] if seen[key] else []
    return found


def _decides(person: User, proposal: AccessProposal) -> bool:
    return person.username in kind_called(proposal.kind).deciders(proposal.facts)
