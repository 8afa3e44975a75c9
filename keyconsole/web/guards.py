"""Who may open which page and how they prove it, declared on each view; and the lookups that hide what is
outside one's accounts.

A test walks every URL and fails where a view declares nothing. What a person may not see is 404, as if it
were not there; what they may see but not do is 403. A proof is asked for after that: who may not do a thing
at all is asked for none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from functools import cache, partial, wraps
from typing import Any, Protocol, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from keyconsole.audit.given_proof import GivenProof, acting
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.requests.begin_emergency import FRESH_FOR
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.references import CHANGE, number_of
from keyconsole.web.leads_back import leads_back
from keyconsole.web.reauthentication import Confirmation, ask, given_proof, is_fresh


class View(Protocol):
    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


class Proof(StrEnum):
    """By which proof of the person a view does what it does."""

    NONE = "none"  # open to anyone
    SESSION = "session"  # they signed in
    FRESH = "fresh"  # proved again lately, to send its form; opening it only reads
    FRESH_FILE = "fresh file"  # and to open it, which hands out a file
    EMERGENCY = "emergency"  # and to open it, a shorter time ago

    @property
    def lasts(self) -> timedelta:
        fresh = timedelta(minutes=settings.KEYCONSOLE_FRESH_PROOF_MINUTES)
        return min(fresh, FRESH_FOR) if self is Proof.EMERGENCY else fresh

    def is_asked(self, method: str | None) -> bool:
        opening = self in {Proof.FRESH_FILE, Proof.EMERGENCY} and method in {"GET", "HEAD"}
        return opening or (self in {Proof.FRESH, Proof.EMERGENCY} and method == "POST")


# Called as the view. None where this request does nothing that needs the proof, or the person may not do it:
# the view then says so itself.
Confirms = Callable[..., Confirmation | None]


def requires(
    permission: Permission,
    *,
    everywhere: bool = False,
    proof: Proof = Proof.SESSION,
    confirms: Confirms | None = None,
) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Open to people who hold the permission in at least one account, or in all of them.

    `confirms` says what is about to be done, for the page that asks for a fresh proof of it.
    """

    def guard(view: Callable[..., HttpResponseBase]) -> View:
        proved = _proved(view, proof, confirms)

        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            may = can(request.user, permission) if everywhere else can_somewhere(request.user, permission)
            if not may:
                raise PermissionDenied(f"None of your roles includes “{permission.value}”.")
            return proved(request, *args, **kwargs)

        guard = f"{permission.value} {'everywhere' if everywhere else 'somewhere'}"
        return _declared(leads_back(guarded), guard, proof)

    return guard


def signed_in(
    view: Callable[..., HttpResponseBase], *, proof: Proof = Proof.SESSION, confirms: Confirms | None = None
) -> View:
    """Open to everybody who is signed in: the page itself shows only what they may see."""
    return _declared(leads_back(_proved(view, proof, confirms)), "signed in", proof)


def open_to_anyone(view: Callable[..., HttpResponseBase]) -> View:
    return _declared(login_not_required(view), "anyone", Proof.NONE)


def guard_of(view: object) -> str:
    """What a view declares; empty where it declares nothing."""
    return getattr(view, "guard", "")


def proof_of(view: object) -> Proof | None:
    """By which proof; None where a view declares nothing."""
    return getattr(view, "proof", None)


def proof_given(request: HttpRequest) -> GivenProof:
    """What a page hands to the verb that it calls. One that is not what the view declares is marked, and the
    verb refuses it once it knows that the person may do it at all."""
    match = request.resolver_match
    declared = proof_of(match.func) if match else None
    stale = bool(declared and declared.is_asked(request.method) and not _is_proved(request, declared))
    return replace(given_proof(request), stale=stale)


def person_of(request: HttpRequest) -> User:
    """The signed-in person. The middleware lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def account_for(person: User, account_id: str, permission: Permission = Permission.VIEW) -> AwsAccount:
    account = _visible(person, account_id).first()
    if account is None:
        raise Http404("No such AWS account.")
    _allow(person, permission, account)
    return account


def key_for(
    person: User, account_id: str, key_id: str, permission: Permission = Permission.VIEW
) -> MultiRegionKey:
    visible = _visible(person, account_id)
    keys = MultiRegionKey.objects.select_related("account").filter(account__in=visible)
    key = keys.filter(key_id=key_id).first() if key_id.isprintable() else None
    if key is None:
        raise Http404("No such key.")
    _allow(person, permission, key.account)
    return key


def change_for(person: User, ref: str) -> Change:
    visible = Change.objects.visible_in(accounts_where(person, Permission.VIEW))
    change = visible.select_related("key__account", "requester").filter(number=number_of(CHANGE, ref)).first()
    if change is None or change.ref != ref:
        raise Http404("No such change.")
    return change


def _visible(person: User, account_id: str) -> QuerySet[AwsAccount]:
    # PostgreSQL answers a NUL character with an error, not with "none".
    number = account_id if account_id.isprintable() else ""
    return accounts_where(person, Permission.VIEW).filter(account_id=number)


def _allow(person: User, permission: Permission, account: AwsAccount) -> None:
    if permission is not Permission.VIEW and not can(person, permission, account):
        raise PermissionDenied(f"None of your roles in {account.name} includes “{permission.value}”.")


def _proved(
    view: Callable[..., HttpResponseBase], proof: Proof, confirms: Confirms | None
) -> Callable[..., HttpResponseBase]:
    """The view behind its proof, which every event of the person says that it records."""
    if (confirms is None) != (proof is Proof.SESSION):
        raise TypeError("A view that asks for a fresh proof says what it confirms; no other view does.")

    @wraps(view)
    def proved(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        needed = proof.is_asked(request.method) and not _is_proved(request, proof)
        if confirms and needed and (asked := confirms(request, *args, **kwargs)):
            return ask(request, asked, lasts=proof.lasts)
        with acting(request.user.get_username(), cache(partial(given_proof, request))):
            return view(request, *args, **kwargs)

    return proved


def _is_proved(request: HttpRequest, proof: Proof) -> bool:
    return is_fresh(request, within=proof.lasts, now=timezone.now())


def _declared(view: Callable[..., HttpResponseBase], guard: str, proof: Proof) -> View:
    view.guard, view.proof = guard, proof  # type: ignore[attr-defined]
    return cast("View", view)
