"""What there is to know about people beside their names, for a page of them in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.people.models import LastSeen, Membership, OneTimeLink, Purpose
from keyconsole.people.sessions import live_counts
from keyconsole.people.sso.second_factor import said_of_people
from keyconsole.web.people.visible import Sight

ACTIVE, DISABLED, INVITED, EXPIRED = "active", "disabled", "invited", "invitation_over"
_FACTORS = {
    Authenticator.Type.WEBAUTHN.value: "passkey",
    Authenticator.Type.TOTP.value: "authenticator app",
    Authenticator.Type.RECOVERY_CODES.value: "recovery codes",
}
AT_PROVIDER = "at single sign-on"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a role holds, or a group that somebody is in; and where it comes from."""

    grant: RoleGrant | None = None
    membership: Membership | None = None

    @property
    def what(self) -> str:
        return self.grant.role if self.grant else str(self.membership.group if self.membership else "")

    @property
    def where(self) -> str:
        if self.grant is None:
            return ""
        return self.grant.account.name if self.grant.account else "all accounts"

    @property
    def sso_group(self) -> str:
        held = self.grant or self.membership
        return held.sso_group if held else ""

    @property
    def ends_at(self) -> datetime | None:
        return self.grant.ends_at if self.grant else None


@dataclass(frozen=True, slots=True)
class Held:
    """The same role, from the same source and until the same moment, in one or more places."""

    role: str
    places: tuple[str, ...]
    sso_group: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    person: User
    state: str
    roles: tuple[Place, ...]
    groups: tuple[Place, ...]
    factors: tuple[str, ...]  # recovery codes alone are none
    live_sessions: int
    invitation: OneTimeLink | None

    @property
    def seen_at(self) -> datetime | None:
        """Sign-ins from before clicks were noted count as well."""
        seen: LastSeen | None = getattr(self.person, "last_seen", None)
        return seen.at if seen else self.person.last_login

    @property
    def held(self) -> list[Held]:
        """Their roles as a list of people shows them."""
        places: dict[tuple[str, str, datetime | None], list[str]] = defaultdict(list)
        for each in self.roles:
            places[each.what, each.sso_group, each.ends_at].append(each.where)
        return [
            Held(role, tuple(where), sso_group, ends_at)
            for (role, sso_group, ends_at), where in places.items()
        ]


def facts_about(people: Sequence[User], sight: Sight, *, now: datetime) -> list[PersonFacts]:
    """Five queries, and one where single sign-on counts, however many; read the people with `last_seen`."""
    roles: dict[int, list[Place]] = defaultdict(list)
    for grant in sight.grants().filter(person__in=people).order_by("role", "account__name", "sso_group"):
        roles[grant.person_id].append(Place(grant=grant))
    groups: dict[int, list[Place]] = defaultdict(list)
    held = Membership.objects.filter(person__in=people if sight.everywhere else [])
    for membership in held.select_related("group").order_by("group__name", "sso_group"):
        groups[membership.person_id].append(Place(membership=membership))
    factors, there = _factors(people), set(said_of_people(people))
    sessions = live_counts(people, now=now)
    invitations = _invitations(people)
    return [
        PersonFacts(
            person=person,
            state=_state(person, invitations.get(person.pk), now=now),
            roles=tuple(roles[person.pk]),
            groups=tuple(groups[person.pk]),
            factors=factors.get(person.pk, ((AT_PROVIDER,) if person.pk in there else ())),
            live_sessions=sessions[person.pk],
            invitation=invitations.get(person.pk),
        )
        for person in people
    ]


def _factors(people: Sequence[User]) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Authenticator.objects.filter(user__in=people)
    for person, kind in rows.values_list("user_id", "type").distinct():
        found[person].add(_FACTORS.get(kind, kind))
    spare = _FACTORS[Authenticator.Type.RECOVERY_CODES.value]
    return {
        person: tuple(sorted(kinds - {spare})) + ((spare,) if spare in kinds else ())
        for person, kinds in found.items()
        if kinds != {spare}
    }


def _invitations(people: Sequence[User]) -> dict[int, OneTimeLink]:
    """The latest of each who has not accepted one."""
    inactive = [person for person in people if not person.is_active]
    links = OneTimeLink.objects.filter(person__in=inactive, purpose=Purpose.INVITATION)
    latest: dict[int, OneTimeLink] = {}
    accepted: set[int] = set()
    for link in links.order_by("made_at", "pk"):
        latest[link.person_id] = link
        if link.used_at:
            accepted.add(link.person_id)
    return {person: link for person, link in latest.items() if person not in accepted}


def _state(person: User, invitation: OneTimeLink | None, *, now: datetime) -> str:
    if person.is_active:
        return ACTIVE
    if invitation is None:
        return DISABLED
    return INVITED if invitation.is_open(now) else EXPIRED
