"""Guessing is slowed down where it comes from, and nobody is locked out by what others do elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from keyconsole import settings as product
from tests.cast import PASSWORD, Cast
from tests.form_client import FormClient

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
TOO_MANY = "Too many failed login attempts"


@pytest.fixture
def counters() -> Iterator[None]:
    """The product's own cache and table: other tests count in memory."""
    with override_settings(CACHES=product.CACHES):
        call_command("createcachetable", verbosity=0)
        yield


def sign_in(login: str, password: str, *, at: str) -> tuple[FormClient, str]:
    client: Any = FormClient(REMOTE_ADDR=at)
    response = client.post("/sign-in/", {"login": login, "password": password})
    return client, response.content.decode()


def guess(login: str, times: int, *, at: str) -> str:
    return [sign_in(login, f"guess {number}", at=at)[1] for number in range(times)][-1]


def is_signed_in(client: FormClient) -> bool:
    return client.get("/").status_code == 200


def test_guesses_from_elsewhere_lock_nobody_out(cast: Cast, counters: None) -> None:
    assert TOO_MANY in guess("ben", 6, at=ELSEWHERE)
    client, _ = sign_in("ben", PASSWORD, at=HERE)
    assert is_signed_in(client)


def test_where_the_guesses_come_from_even_the_right_password_waits(cast: Cast, counters: None) -> None:
    guess("ben", 6, at=ELSEWHERE)
    client, told = sign_in("ben", PASSWORD, at=ELSEWHERE)
    assert TOO_MANY in told
    assert not is_signed_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client, _ = sign_in("ben", PASSWORD, at=ELSEWHERE)
        assert is_signed_in(client)


@pytest.mark.parametrize("way", ["BEN", "Ben", " ben ", "\N{FULLWIDTH LATIN SMALL LETTER B}en"])
def test_another_way_to_write_a_name_is_the_same_person(cast: Cast, counters: None, way: str) -> None:
    guess("ben", 5, at=ELSEWHERE)
    assert TOO_MANY in sign_in(way, PASSWORD, at=ELSEWHERE)[1]


def test_one_address_cannot_go_through_everybody(cast: Cast, counters: None) -> None:
    told = [guess(f"person-{number}", 1, at=ELSEWHERE) for number in range(11)]
    assert TOO_MANY in told[-1]
    assert TOO_MANY not in told[0]


def test_a_network_of_one_s_own_is_one_address(cast: Cast, counters: None) -> None:
    told = [guess("ben", 1, at=f"2001:db8:1:2::{number:x}") for number in range(1, 7)]
    assert TOO_MANY in told[-1]
    assert TOO_MANY not in guess("ben", 1, at="2001:db8:1:3::1")


def test_a_flood_of_names_and_addresses_never_makes_it_forget(cast: Cast, counters: None) -> None:
    guess("ben", 5, at=ELSEWHERE)
    for number in range(5000):
        cache.set(f"allauth:rl:flood:{number % 7}{number}", [1.0], 300)
    assert cache.get("allauth:rl:flood:00") == [1.0]
    assert TOO_MANY in sign_in("ben", PASSWORD, at=ELSEWHERE)[1]


def test_what_has_run_out_makes_room(counters: None) -> None:
    for number in range(1100):
        cache.set(f"old:{number}", [1.0], 300)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        cache.set("new", [1.0], 300)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM keyconsole_cache")
            assert cursor.fetchone()[0] <= 2


def test_a_right_password_costs_nobody_an_attempt(cast: Cast, counters: None) -> None:
    for _ in range(8):
        client, _ = sign_in("ben", PASSWORD, at=HERE)
        assert is_signed_in(client)
