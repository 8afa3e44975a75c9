"""What a text finds among all that a person sees, by kind: what it names exactly, else what holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.policies.versions.horizon import horizon_of
from keyconsole.web.search import people, places, records
from keyconsole.web.search.hits import Found, Search
from keyconsole.web.search.term import read_term


def find(person: User, text: str) -> Found:
    """The one thing that the text names exactly; else whatever holds it, or each of its words."""
    searches = _searches(person, text, Permission.VIEW)
    exact = _of(searches, exactly=True)
    if exact.only:
        return exact
    # Whatever has exactly that name also holds it.
    wide = _of(searches, exactly=False)
    return wide if wide.kinds else exact


def named_by(person: User, text: str, *, where: Permission = Permission.READ_AUDIT) -> Found:
    """Only what the text names exactly, in the accounts where the person holds the permission: a key by any
    of its names, a change, an account. What somebody may not see is named by nothing.

    Each hit says how to call it (`title`), where its page is (`url`), and as what the record knows it
    (`recorded_as`), such as the id of a key whose alias was pasted.
    """
    return _of(_searches(person, text, where), exactly=True)


def _searches(person: User, text: str, where: Permission) -> tuple[Search, ...]:
    accounts, term = accounts_where(person, where), read_term(text)
    horizon = cache(lambda: horizon_of(person))
    return (
        partial(records.changes, accounts, term),
        partial(records.batches, accounts, term),
        partial(records.access, person, term),
        partial(records.reviews, person, term),
        partial(places.keys, accounts, term),
        partial(places.aws_accounts, accounts, term),
        partial(people.policies, horizon, term),
        partial(people.groups, person, horizon, term),
        partial(places.regions, accounts, term),
        partial(people.people, person, accounts, term),
    )


def _of(searches: Sequence[Search], *, exactly: bool) -> Found:
    return Found(tuple(hits for hits in (search(exactly) for search in searches) if hits.hits))
