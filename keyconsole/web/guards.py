"""Who may open which page, declared on each view; and the lookups that hide what is outside one's accounts.

A test walks every URL and fails where a view declares nothing. What a person may not see is 404, as if it
were not there; what they may see but not do is 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.permissions import accounts_where, can, can_somewhere
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Change
from keyconsole.changes.references import CHANGE, number_of
from keyconsole.inventory.models import MultiRegionKey


class View(Protocol):
    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def requires(
    permission: Permission, *, everywhere: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Open to people who hold the permission in at least one account, or in all of them."""

    def guard(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            may = can(request.user, permission) if everywhere else can_somewhere(request.user, permission)
            if not may:
                raise PermissionDenied(f"None of your roles includes “{permission.value}”.")
            return view(request, *args, **kwargs)

        return _declared(guarded, f"{permission.value} {'everywhere' if everywhere else 'somewhere'}")

    return guard


def signed_in(view: Callable[..., HttpResponseBase]) -> View:
    """Open to everybody who is signed in: the page itself shows only what they may see."""
    return _declared(view, "signed in")


def open_to_anyone(view: Callable[..., HttpResponseBase]) -> View:
    return _declared(login_not_required(view), "anyone")


def guard_of(view: object) -> str:
    """What a view declares; empty where it declares nothing."""
    return getattr(view, "guard", "")


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


def _declared(view: Callable[..., HttpResponseBase], guard: str) -> View:
    view.guard = guard  # type: ignore[attr-defined]
    return cast("View", view)
