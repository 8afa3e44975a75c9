"""Adding a person who may sign in. A person without a role sees nothing."""

from __future__ import annotations

import secrets
from datetime import datetime
from unicodedata import normalize

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF, record
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import Role
from keyconsole.refusals import Invalid


def add_person(
    username: str,
    *,
    password: str,
    role: Role | None,
    account: AwsAccount | None,
    by: str,
    now: datetime,
    email: str = "",
) -> User:
    """Raise Invalid for a name that is taken or malformed, or a password that is too weak."""
    person = User(username=username.strip(), email=email.strip(), date_joined=now)
    _refuse_problems(person, password)
    person.set_password(password)
    with transaction.atomic():
        person.save(force_insert=True)
        data = {"email": person.email}
        record(Event.PERSON_ADDED, actor=by, subject=person.username, now=now, data=data)
        if role:
            grant(person, role, account, by=by, now=now)
    return person


def why_not_called(username: str) -> str:
    """Of a name that would be taken for another's; empty where it is free.

    Signing in takes no notice of the case, so two who differ in it alone are one person to everybody. And the
    record calls what no person did by a name of its own.
    """
    if normalize("NFKC", username).casefold() == ITSELF:
        return "The record calls what no person did by this name. Choose another one."
    if User.objects.filter(username__iexact=username).exists():
        return "There is a person of this name already."
    return ""


def random_password() -> str:
    return secrets.token_urlsafe(16)


def _refuse_problems(person: User, password: str) -> None:
    found: dict[str, str] = {}
    try:
        person.full_clean(exclude=["password"])
    except ValidationError as error:
        found = {field: " ".join(sentences) for field, sentences in error.message_dict.items()}
    if why := why_not_called(person.username):
        found["username"] = why
    try:
        validate_password(password, person)
    except ValidationError as error:
        found["password"] = " ".join(error.messages)
    if found:
        raise Invalid(found)
