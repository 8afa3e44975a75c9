"""System checks that refuse unsafe deployments, each with an id and a hint that says what to do."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import DatabaseError

SHORTEST_SECRET_KEY = 32


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured with every error of the checks."""
    errors = [message for message in run_checks(include_deployment_checks=True) if message.is_serious()]
    if errors:
        told = "\n".join(f"{each.msg} {each.hint or ''} ({each.id})" for each in errors)
        raise ImproperlyConfigured(f"KeyConsole refuses to start. {told}")


@register(Tags.security)
def demo_stays_local(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    open_hosts = _hosts_of_others()
    if not settings.KEYCONSOLE_DEMO or not open_hosts:
        return []
    return [
        Error(
            f"KEYCONSOLE_DEMO is on, yet the server answers to {', '.join(open_hosts)}.",
            hint="The demo's sign-ins are known to everybody. Unset KEYCONSOLE_DEMO, or serve 127.0.0.1.",
            id="keyconsole.E001",
        )
    ]


@register(Tags.security)
def debug_stays_local(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    open_hosts = _hosts_of_others()
    if not settings.DEBUG or not open_hosts:
        return []
    return [
        Error(
            f"KEYCONSOLE_DEBUG is on, yet the server answers to {', '.join(open_hosts)}.",
            hint="Debug pages show settings and code. Unset KEYCONSOLE_DEBUG.",
            id="keyconsole.E002",
        )
    ]


@register(Tags.security, deploy=True)
def secret_key_is_long(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    keys = [_secret_key(), *settings.SECRET_KEY_FALLBACKS]
    if all(len(key) >= SHORTEST_SECRET_KEY for key in keys):
        return []
    return [
        Error(
            f"A secret key is missing or shorter than {SHORTEST_SECRET_KEY} characters.",
            hint="Set KEYCONSOLE_SECRET_KEY or KEYCONSOLE_SECRET_KEY_FILE to a long random text, for example "
            "of `python -c 'import secrets; print(secrets.token_urlsafe(50))'`.",
            id="keyconsole.E003",
        )
    ]


@register(Tags.compatibility)
def organization_accounts_are_numbers(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    **_: Any,
) -> list[CheckMessage]:
    listed = settings.KEYCONSOLE_ORGANIZATION_ACCOUNTS
    if all(re.fullmatch(r"[0-9]{12}", each) for each in listed):
        return []
    return [
        Error(
            "KEYCONSOLE_ORGANIZATION_ACCOUNTS names something else than account numbers.",
            hint="Name the accounts that may read the organisation by their 12 digits, separated by commas.",
            id="keyconsole.E011",
        )
    ]


@register(Tags.compatibility)
def time_is_utc(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if settings.USE_TZ and settings.TIME_ZONE == "UTC":
        return []
    return [
        Error(
            "Times must be UTC: the audit chain and the exports depend on it.",
            hint="Leave USE_TZ = True and TIME_ZONE = 'UTC'.",
            id="keyconsole.E004",
        )
    ]


@register(Tags.security, deploy=True)
def cookies_need_tls(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE) or not _hosts_of_others():
        return []
    return [
        Error(
            "Session cookies would travel over plain HTTP.",
            hint="Serve over TLS and leave KEYCONSOLE_DEMO and KEYCONSOLE_DEBUG unset.",
            id="keyconsole.E005",
        )
    ]


@register(Tags.database, deploy=True)
def sqlite_serves_one_host(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:  # noqa: ARG001
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3" or settings.KEYCONSOLE_DEMO:
        return []
    return [
        checks.Info(
            "The database is SQLite: right for one host, not for several.",
            hint="With web servers or workers on several hosts, point KEYCONSOLE_DATABASE_URL at PostgreSQL.",
            id="keyconsole.I001",
        )
    ]


@register(Tags.database)
def no_sandbox_outside_demo(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Iterable[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Reads the database, so Django runs it only where databases are named (`check --database default`)."""
    if settings.KEYCONSOLE_DEMO or "default" not in (databases or ()):
        return []
    return [
        Error(
            f"The AWS account {name} is entered through {url}, which is this very host.",
            hint="A loopback endpoint is a sandbox. Correct the account's endpoint, or set KEYCONSOLE_DEMO.",
            id="keyconsole.E006",
        )
        for name, url in _own_endpoints()
        if is_loopback(urlsplit(url).hostname or "")
    ]


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _hosts_of_others() -> list[str]:
    return [host for host in settings.ALLOWED_HOSTS if not is_loopback(host)]


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:
        return ""


def _own_endpoints() -> list[tuple[str, str]]:
    from keyconsole.aws_accounts.models import AwsAccount  # noqa: PLC0415

    if AwsAccount._meta.db_table not in connections["default"].introspection.table_names():  # noqa: SLF001
        return []
    try:
        return list(AwsAccount.objects.exclude(endpoint_url="").values_list("name", "endpoint_url"))
    except DatabaseError:
        # Tables of another version: `migrate` comes first and brings its own complaint.
        return []
