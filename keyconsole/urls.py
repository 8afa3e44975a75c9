"""The feature list: every page there is. Nothing else answers, Django's admin included."""

from __future__ import annotations

from typing import cast

from allauth.account import views as sign_in
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from keyconsole.web.guards import View, open_to_anyone, signed_in
from keyconsole.web.views import healthy, key, keys, make_primary, overview


def _view(name: str) -> View:
    try:
        return cast("View", import_string(f"keyconsole.web.views.{name}"))
    except ImportError:

        def missing(request: HttpRequest, **_: str) -> HttpResponse:  # noqa: ARG001
            raise Http404(name)

        return signed_in(missing)


_KEY = "keys/<str:account_id>/<str:key_id>/"
_ACCOUNT = "accounts/<str:account_id>/"

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("keys/", keys.keys, name="keys"),
    path("keys/export.<str:fmt>", keys.export, name="keys-export"),
    path(_KEY, key.key, name="key"),
    path(f"{_KEY}make-primary/<str:region>/", make_primary.make_primary, name="make-primary"),
    path("changes/", _view("changes.changes"), name="changes"),
    path("changes/<str:ref>/", _view("changes.change"), name="change"),
    path("changes/<str:ref>/cancel/", _view("changes.cancel"), name="change-cancel"),
    path("accounts/", _view("accounts.accounts"), name="accounts"),
    path("accounts/add/", _view("accounts.add"), name="account-add"),
    path("accounts/scan/", _view("accounts.scan_all"), name="accounts-scan"),
    path(_ACCOUNT, _view("accounts.account"), name="account"),
    path(f"{_ACCOUNT}edit/", _view("accounts.edit"), name="account-edit"),
    path(f"{_ACCOUNT}scan/", _view("accounts.scan"), name="account-scan"),
    path(f"{_ACCOUNT}test/", _view("accounts.test"), name="account-test"),
    path("audit/", _view("audit.audit"), name="audit"),
    path("audit/export.<str:fmt>", _view("audit.export"), name="audit-export"),
    path("help/", _view("help.contents"), name="help"),
    path("help/patterns/", _view("help.patterns"), name="patterns"),
    path("help/<slug:slug>/", _view("help.page"), name="help-page"),
    path("healthy/", healthy.healthy, name="healthy"),
    path("sign-in/", open_to_anyone(sign_in.login), name="account_login"),
    path("sign-out/", open_to_anyone(sign_in.logout), name="account_logout"),
    path("sign-in/inactive/", open_to_anyone(sign_in.account_inactive), name="account_inactive"),
    path("sign-in/again/", signed_in(sign_in.reauthenticate), name="account_reauthenticate"),
    path("password/", signed_in(sign_in.password_change), name="account_change_password"),
]
