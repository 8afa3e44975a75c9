"""The people of the demo story: how they sign in, and which roles they had from when to when.

One of them has an authenticator app as well; its secret is printed beside the password, as a sandbox may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.contrib.auth.models import User

from keyconsole.audit.events import Event
from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.demo.accounts import OPERATOR
from keyconsole.demo.accounts_and_regions import ARCHIVE, PAYMENTS, RESEARCH, StoryAccount
from keyconsole.demo.timeline import Happening, recorded
from keyconsole.people.factors.encryption import encrypt
from keyconsole.people.factors.held import TOTP_NAME, Kind
from keyconsole.people.factors.password_rules import ALONE_AT_LEAST
from keyconsole.people.models import PasswordLength

# The passwords are printed: a start of the demo need not wait for a million rounds each.
_ROUNDS = 5_000


@dataclass(frozen=True, slots=True)
class StoryPerson:
    username: str
    password: str
    does: str
    totp_secret: str = ""


PEOPLE = (
    StoryPerson("ana", "amber-harbour-31", "asks for changes in payments and research; of on-call"),
    StoryPerson("ben", "birch-lantern-72", "approves in payments and research; of platform"),
    StoryPerson(
        "bea",
        "basalt-orchard-58",
        "approves in payments and research; of security",
        totp_secret="KEYCONSOLEDEMOOFBEAWITHATOTPKEYA",  # noqa: S106 - printed, like the passwords
    ),
    StoryPerson("cleo", "copper-meadow-94", "audits every account"),
    StoryPerson("dan", "dusty-canyon-46", "has no role and sees nothing"),
    StoryPerson("ada", "azure-glacier-15", "administers and sees every account"),
    StoryPerson("eve", "ember-sparrow-27", "administers too: agrees to what ada proposes, now AR-1"),
)


@dataclass(frozen=True, slots=True)
class StoryGrant:
    """From when to when, in days before the story starts; without an end it still holds."""

    username: str
    role: Role
    account: StoryAccount | None
    from_days_ago: float
    until_days_ago: float | None = None


GRANTS = (
    StoryGrant("ada", Role.ADMINISTRATOR, None, 424.95),
    StoryGrant("eve", Role.ADMINISTRATOR, None, 9.3),
    StoryGrant("cleo", Role.AUDITOR, None, 424.94),
    StoryGrant("ana", Role.REQUESTER, PAYMENTS, 424.2),
    StoryGrant("ben", Role.APPROVER, PAYMENTS, 424.19),
    StoryGrant("ana", Role.REQUESTER, RESEARCH, 423.1),
    StoryGrant("ben", Role.REQUESTER, RESEARCH, 423.09, 30.2),
    StoryGrant("bea", Role.APPROVER, PAYMENTS, 380.3),
    StoryGrant("bea", Role.REQUESTER, RESEARCH, 380.29, 30.19),
    StoryGrant("ben", Role.APPROVER, RESEARCH, 30.18),
    StoryGrant("bea", Role.APPROVER, RESEARCH, 30.17),
    # Held for half a day, for one change: the record shows from when to when.
    StoryGrant("ada", Role.REQUESTER, ARCHIVE, 13.1, 12.6),
)


# An entry of a sign-in names the second proof from then on.
TOTP_SINCE_DAYS_AGO = 203.4


def create_people(*, joined: datetime) -> dict[str, User]:
    User.objects.bulk_create(
        User(
            username=person.username,
            first_name=person.username.title(),
            password=_hashed(person.password),
            date_joined=joined,
        )
        for person in PEOPLE
    )
    people = {person.username: person for person in User.objects.filter(username__in=_USERNAMES)}
    PasswordLength.objects.bulk_create(
        PasswordLength(
            person=people[person.username], is_long=len(person.password) >= ALONE_AT_LEAST, set_at=joined
        )
        for person in PEOPLE
    )
    return people


def factor_happenings(people: dict[str, User], *, now: datetime) -> Iterator[Happening]:
    at = now - timedelta(days=TOTP_SINCE_DAYS_AGO)
    for person in PEOPLE:
        if person.totp_secret:
            Authenticator.objects.create(
                user=people[person.username],
                type=Authenticator.Type.TOTP,
                data={"secret": encrypt(person.totp_secret)},
                created_at=at,
            )
            yield recorded(
                Event.FACTOR_ADDED,
                at=at,
                actor=person.username,
                subject=person.username,
                data={"kind": Kind.TOTP, "name": TOTP_NAME, "address": "10.20.3.97"},
            )


def proofs_of(username: str, *, at: datetime, now: datetime) -> list[str]:
    """By what they signed in then."""
    has_app = any(person.totp_secret for person in PEOPLE if person.username == username)
    since = now - timedelta(days=TOTP_SINCE_DAYS_AGO)
    return ["password", "totp"] if has_app and at > since else ["password"]


def grant_happenings(
    people: dict[str, User], accounts: dict[str, AwsAccount], *, now: datetime
) -> Iterator[Happening]:
    for held in GRANTS:
        person = people[held.username]
        account = accounts[held.account.name] if held.account else None
        yield Happening(now - timedelta(days=held.from_days_ago), _granting(person, held.role, account))
        if held.until_days_ago is not None:
            yield Happening(now - timedelta(days=held.until_days_ago), _revoking(person, held.role, account))


def sign_in_table() -> str:
    rows = [("Sign in as", "Password", "Who"), *((p.username, p.password, p.does) for p in PEOPLE)]
    table = [f"{name:<12}{password:<20}{does}" for name, password, does in rows]
    return "\n".join([*table, *(_second_factor_of(person) for person in PEOPLE if person.totp_secret)])


def _second_factor_of(person: StoryPerson) -> str:
    return (
        f"{person.username} also has an authenticator app, with the secret {person.totp_secret}; "
        f"the command `demo_code {person.username}` prints its present code."
    )


_USERNAMES = [person.username for person in PEOPLE]


def _granting(person: User, role: Role, account: AwsAccount | None) -> Callable[[datetime], object]:
    return lambda now: grant(person, role, account, by=OPERATOR, now=now)


def _revoking(person: User, role: Role, account: AwsAccount | None) -> Callable[[datetime], object]:
    return lambda now: revoke(person, role, account, by=OPERATOR, now=now)


def _hashed(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=_ROUNDS)
    return make_password(password)
