"""How people come in: no sign-up by oneself, and an audit entry for each sign-in, refusal and sign-out.

An entry that cannot be written fails the sign-in: its session is then never stored.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in as session_begun
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.people.factors.held import has_second_factor
from keyconsole.people.sso import second_factor
from keyconsole.web.addresses import address_of
from keyconsole.web.factors.proofs import proofs_of_sign_in
from keyconsole.web.middleware import stamp_sign_in
from keyconsole.web.sso.again import prove_again_by_sso

# A wrong name in a sign-in form is often somebody's password, so it is never kept.
UNKNOWN_PERSON = "unknown person"


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]
    """Administrators make people; nobody makes themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A disabled person gets the answer of a wrong password, and the attempt counts as one."""
        person: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if person is None or person.is_active:
            return person
        self.pre_authenticate(request, **credentials)  # the library gave the attempt back
        return None

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The best proof that the person has: beside a passkey or a code the password is not enough.

        Nor is the provider of single sign-on, where they have a second factor here. Where they have none and
        the provider asks for one that counts, only the provider is enough.
        """
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        has_factor = has_second_factor(user)
        records = get_authentication_records(self.request, user) if self.request else []
        if has_factor or second_factor.asks_for_one(user, records):
            methods = [each for each in methods if each["id"] != "reauthenticate"]
        if not has_factor:
            methods += prove_again_by_sso(user)
        return sorted(methods, key=lambda each: not each["id"].endswith(":webauthn"))

    def set_password(self, user: User, password: str) -> None:
        """A person's new password, with its record or not at all."""
        with transaction.atomic():
            super().set_password(user, password)
            _record(Event.PERSON_PASSWORD_CHANGED, user.get_username(), self.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By person and address: by the person alone, as the library has it, anybody locks them out."""
        name = unicodedata.normalize("NFKC", str(credentials.get("username", ""))).strip().casefold()
        return f"{name} at {get_ip(request)}"


def connect() -> None:
    session_begun.connect(stamp_sign_in, dispatch_uid="stamp of the sign-in")
    user_logged_in.connect(_record_sign_in, dispatch_uid="audit sign-in")
    user_login_failed.connect(_record_failure, dispatch_uid="audit sign-in failure")
    authentication_failed.connect(_record_wrong_factor, dispatch_uid="audit wrong second factor")
    user_logged_out.connect(_record_sign_out, dispatch_uid="audit sign-out")


def _record_sign_in(*, request: HttpRequest, user: User, **_: Any) -> None:
    proofs = proofs_of_sign_in(request, user)
    _record(Event.PERSON_SIGNED_IN, user.get_username(), request, proofs=proofs)


def _record_failure(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("username", ""))
    known = User.objects.filter(username__iexact=typed).values_list("username", flat=True).first()
    _record(Event.PERSON_SIGN_IN_FAILED, known or UNKNOWN_PERSON, request)


def _record_wrong_factor(*, request: HttpRequest, user: User | None, proof: str = "", **_: Any) -> None:
    """Of a passkey alone nobody knows whose it was meant to be."""
    _record(
        Event.PERSON_SIGN_IN_FAILED, user.get_username() if user else UNKNOWN_PERSON, request, proof=proof
    )


def _record_sign_out(*, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _record(Event.PERSON_SIGNED_OUT, user.get_username(), request)


def _record(event: Event, username: str, request: HttpRequest | None, **more: Any) -> None:
    with transaction.atomic():
        record(
            event,
            actor=username,
            subject=username,
            now=timezone.now(),
            data={"address": address_of(request), **more},
        )
