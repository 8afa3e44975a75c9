"""People who are known by single sign-on, without a provider."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.people.models import GroupsAnswer, SsoGroup, SsoIdentity
from keyconsole.people.sso.identity import NO_TOKENS, confirm
from keyconsole.people.sso.oidc.claims import Groups, present
from tests.cast import NOW

ISSUER = "https://id.example.org"


def identify(person: User, *groups: str) -> SsoIdentity:
    """As it would be after a sign-in with these groups, but for roles and events."""
    identity = SsoIdentity.objects.create(
        person=person,
        issuer=ISSUER,
        sub=f"s-{person.username}",
        linked_by="single sign-on",
        linked_at=NOW,
        confirmed_at=NOW,
        groups_read_at=NOW,
        answer=GroupsAnswer.PRESENT if groups else GroupsAnswer.EMPTY,
    )
    SsoGroup.objects.bulk_create(SsoGroup(identity=identity, name=name) for name in groups)
    return identity


def says(identity: SsoIdentity, *groups: str, now: datetime = NOW) -> None:
    confirm(identity, present(list(groups)), NO_TOKENS, now=now)


def says_nothing(identity: SsoIdentity, now: datetime = NOW) -> None:
    confirm(identity, Groups(GroupsAnswer.ABSENT), NO_TOKENS, now=now)
