"""The feature list: every page there is. Nothing else answers, Django's admin included."""

from __future__ import annotations

from allauth.account import views as sign_in
from django.urls import URLPattern, path

from keyconsole.web.guards import open_to_anyone, signed_in
from keyconsole.web.views import (
    accounts,
    approvals,
    audit,
    changes,
    emergency,
    healthy,
    key,
    keys,
    make_primary,
    notifications,
    overview,
)
from keyconsole.web.views import help as guide

_KEY = "keys/<str:account_id>/<str:key_id>/"
_CHANGE = "changes/<str:ref>/"
_ACCOUNT = "accounts/<str:account_id>/"
_ROUTE = "notifications/routes/<str:name>/"

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("keys/", keys.keys, name="keys"),
    path("keys/export.<str:fmt>", keys.export, name="keys-export"),
    path(_KEY, key.key, name="key"),
    path(f"{_KEY}make-primary/<str:region>/", make_primary.make_primary, name="make-primary"),
    path(
        f"{_KEY}make-primary/<str:region>/emergency/",
        emergency.break_glass,
        name="break-glass",
    ),
    path("changes/", changes.changes, name="changes"),
    path(_CHANGE, changes.change, name="change"),
    path(f"{_CHANGE}approve/", approvals.approve, name="change-approve"),
    path(f"{_CHANGE}reject/", approvals.reject, name="change-reject"),
    path(f"{_CHANGE}withdraw/", approvals.withdraw, name="change-withdraw"),
    path(f"{_CHANGE}comment/", approvals.comment, name="change-comment"),
    path(f"{_CHANGE}run/", approvals.run, name="change-run"),
    path(f"{_CHANGE}cancel/", approvals.cancel, name="change-cancel"),
    path(f"{_CHANGE}review/", approvals.review, name="change-review"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add, name="account-add"),
    path("accounts/scan/", accounts.scan_all, name="accounts-scan"),
    path(_ACCOUNT, accounts.account, name="account"),
    path(f"{_ACCOUNT}edit/", accounts.edit, name="account-edit"),
    path(f"{_ACCOUNT}scan/", accounts.scan, name="account-scan"),
    path(f"{_ACCOUNT}test/", accounts.test, name="account-test"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.<str:fmt>", audit.export, name="audit-export"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/routes/add/", notifications.add_route, name="notification-route-add"),
    path(f"{_ROUTE}remove/", notifications.remove_route, name="notification-route-remove"),
    path(f"{_ROUTE}test/", notifications.test_route, name="notification-route-test"),
    path("notifications/<uuid:ref>/try-again/", notifications.try_again, name="notification-try-again"),
    path("help/", guide.contents, name="help"),
    path("help/patterns/", guide.patterns, name="patterns"),
    path("help/<slug:slug>/", guide.page, name="help-page"),
    path("healthy/", healthy.healthy, name="healthy"),
    path("sign-in/", open_to_anyone(sign_in.login), name="account_login"),
    path("sign-out/", open_to_anyone(sign_in.logout), name="account_logout"),
    path("sign-in/inactive/", open_to_anyone(sign_in.account_inactive), name="account_inactive"),
    path("sign-in/again/", signed_in(sign_in.reauthenticate), name="account_reauthenticate"),
    path("password/", signed_in(sign_in.password_change), name="account_change_password"),
]
