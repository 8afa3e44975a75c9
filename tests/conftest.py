"""Fixtures that every part shares: the cast, a small inventory, and a client for each person."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in as session_begun
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client, TransactionTestCase
from django.utils import timezone

from keyconsole.web.middleware import LAST_CLICK
from tests.audit.tampering import with_the_schemas_rights
from tests.cast import Cast, Inventory, make_cast, make_inventory
from tests.form_client import FormClient

HTMX = {"HX-Request": "true"}


# What is slow on a busy machine is not wrong.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking for garbage among it again and again is in vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits begins first, shared among the workers: others have the processor meanwhile."""
    waiting = [item for item in items if item.get_closest_marker("processes")]
    others = [item for item in items if not item.get_closest_marker("processes")]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = -(-len(others) // workers)  # in one piece: a module's own fixtures are made once
    items[:] = [
        item for n in range(workers) for item in (*waiting[n::workers], *others[n * share : (n + 1) * share])
    ]


def pytest_configure(config: pytest.Config) -> None:
    # Static files are served from where they are; `collectstatic` has not made its directory here.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


@pytest.fixture(autouse=True, scope="session")
def _what_is_written_once_is_cleared_between_tests() -> Iterator[None]:
    """Tests that commit are followed by emptying every table, which the record's own refuse."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty_all(self: TransactionTestCase) -> None:
        with with_the_schemas_rights():
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield


@pytest.fixture(autouse=True)
def _forget_rate_limits() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def inventory(cast: Cast) -> Inventory:
    """Seen a moment ago, so that nothing is stale."""
    return make_inventory(cast, seen_at=timezone.now())


def client_of(person: User, *, proved: bool = True) -> Client:
    """Signed in, with the click that a person has made by then; and with the password typed again a moment
    ago, unless the test is about who has not."""
    client = FormClient()
    session_begun.connect(_clicked)
    try:
        client.force_login(person)
    finally:
        session_begun.disconnect(_clicked)
    if proved:
        prove(client, person)
    return client


def _clicked(*, request: HttpRequest, **_: object) -> None:
    request.session[LAST_CLICK] = int(time.time())


def prove(client: Client, person: User, *, seconds_ago: float = 0, **record: Any) -> None:
    """As the sign-in library keeps that somebody proved again who they are; by password, if no other."""
    session = client.session
    by_password = {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [by_password | record]
    session["account_authentication_methods_user"] = user_id_to_str(person)
    session.save()


@pytest.fixture
def client_as(cast: Cast) -> Callable[[str], Client]:
    return lambda name: client_of(getattr(cast, name))


@pytest.fixture
def as_ana(cast: Cast) -> Client:
    return client_of(cast.ana)


@pytest.fixture
def as_ben(cast: Cast) -> Client:
    return client_of(cast.ben)


@pytest.fixture
def as_bea(cast: Cast) -> Client:
    return client_of(cast.bea)


@pytest.fixture
def as_cleo(cast: Cast) -> Client:
    return client_of(cast.cleo)


@pytest.fixture
def as_dan(cast: Cast) -> Client:
    return client_of(cast.dan)


@pytest.fixture
def as_ada(cast: Cast) -> Client:
    return client_of(cast.ada)


@pytest.fixture
def anonymous() -> Client:
    return FormClient()
