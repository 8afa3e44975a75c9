"""What refuses to start."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from keyconsole import checks
from tests.cast import make_account


@pytest.fixture
def safe(settings: Settings) -> Settings:
    """A deployment in order, to break one thing at a time."""
    settings.KEYCONSOLE_DEMO = False
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["keys.example.com"]
    settings.SECRET_KEY = "s" * 60
    settings.SECRET_KEY_FALLBACKS = []
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True
    return settings


def ids_of(check: object) -> list[str | None]:
    return [message.id for message in check(None, databases=["default"])]  # type: ignore[operator]


def test_a_safe_deployment_passes(safe: Settings) -> None:
    for check in (
        checks.demo_stays_local,
        checks.debug_stays_local,
        checks.secret_key_is_long,
        checks.time_is_utc,
        checks.organization_accounts_are_numbers,
        checks.cookies_need_tls,
    ):
        assert ids_of(check) == []


def test_an_account_that_reads_the_organisation_is_named_by_its_number(safe: Settings) -> None:
    safe.KEYCONSOLE_ORGANIZATION_ACCOUNTS = ["111122223333", "payments"]
    assert ids_of(checks.organization_accounts_are_numbers) == ["keyconsole.E011"]


def test_the_demo_is_refused_where_others_can_reach_it(safe: Settings) -> None:
    safe.KEYCONSOLE_DEMO = True
    assert ids_of(checks.demo_stays_local) == ["keyconsole.E001"]
    safe.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    assert ids_of(checks.demo_stays_local) == []


def test_debug_is_refused_where_others_can_reach_it(safe: Settings) -> None:
    safe.DEBUG = True
    assert ids_of(checks.debug_stays_local) == ["keyconsole.E002"]
    safe.ALLOWED_HOSTS = ["localhost"]
    assert ids_of(checks.debug_stays_local) == []


@pytest.mark.parametrize(("key", "fallbacks"), [("", []), ("short", []), ("s" * 60, ["short"])])
def test_a_short_secret_key_is_refused(safe: Settings, key: str, fallbacks: list[str]) -> None:
    safe.SECRET_KEY, safe.SECRET_KEY_FALLBACKS = key, fallbacks
    assert ids_of(checks.secret_key_is_long) == ["keyconsole.E003"]


def test_local_time_is_refused(safe: Settings) -> None:
    safe.TIME_ZONE = "Europe/Zurich"
    assert ids_of(checks.time_is_utc) == ["keyconsole.E004"]


def test_cookies_without_tls_are_refused(safe: Settings) -> None:
    safe.SESSION_COOKIE_SECURE = False
    assert ids_of(checks.cookies_need_tls) == ["keyconsole.E005"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:5000", ["keyconsole.E006"]),
        ("http://localhost:5000", ["keyconsole.E006"]),
        ("http://[::1]:5000", ["keyconsole.E006"]),
        ("https://kms.vpce.example.com", []),
        ("", []),
    ],
)
def test_a_sandbox_outside_the_demo_is_refused(safe: Settings, url: str, found: list[str]) -> None:
    make_account("payments", "111122223333", endpoint_url=url)
    assert ids_of(checks.no_sandbox_outside_demo) == found
    safe.KEYCONSOLE_DEMO = True
    assert ids_of(checks.no_sandbox_outside_demo) == []


def test_sqlite_is_told_and_no_warning(safe: Settings) -> None:
    with patch.dict(safe.DATABASES["default"], ENGINE="django.db.backends.sqlite3"):
        assert ids_of(checks.sqlite_serves_one_host) == ["keyconsole.I001"]
    with patch.dict(safe.DATABASES["default"], ENGINE="django.db.backends.postgresql"):
        assert ids_of(checks.sqlite_serves_one_host) == []


def test_every_refusal_says_what_to_do(safe: Settings) -> None:
    safe.KEYCONSOLE_DEMO = safe.DEBUG = True
    safe.SECRET_KEY, safe.TIME_ZONE, safe.SESSION_COOKIE_SECURE = "short", "Asia/Tokyo", False
    found = [
        message
        for check in (
            checks.demo_stays_local,
            checks.debug_stays_local,
            checks.secret_key_is_long,
            checks.time_is_utc,
            checks.cookies_need_tls,
        )
        for message in check(None)
    ]
    assert len(found) == 5
    assert all(message.hint for message in found)


def test_the_web_server_refuses_to_start_on_an_error(safe: Settings) -> None:
    safe.KEYCONSOLE_DEMO = True
    with pytest.raises(ImproperlyConfigured, match=r"keyconsole\.E001"):
        checks.refuse_unsafe_start()


def test_the_web_server_starts_where_all_is_in_order(safe: Settings) -> None:
    checks.refuse_unsafe_start()
