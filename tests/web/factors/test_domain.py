"""Passkeys need a host name: where there is none the pages say so instead of failing."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from keyconsole.web.factors.domain import address_for_passkeys, host_name, passkeys_work
from tests.cast import Cast
from tests.web.factors.signing_in import ADD_PASSKEY, browser, fresh, signed_in


def request(host: str, *, secure: bool = False, path: str = "/me/factors/?x=1"):
    return RequestFactory().get(path, headers={"host": host}, secure=secure)


@pytest.mark.parametrize(
    ("host", "secure", "name", "works", "elsewhere"),
    [
        ("localhost:8000", False, "localhost", True, ""),
        ("keyconsole.localhost", False, "keyconsole.localhost", True, ""),
        ("127.0.0.1:8000", False, "127.0.0.1", False, "http://localhost:8000/me/factors/?x=1"),
        ("127.0.0.1", False, "127.0.0.1", False, "http://localhost/me/factors/?x=1"),
        ("[::1]:8000", False, "::1", False, "http://localhost:8000/me/factors/?x=1"),
        ("10.1.2.3", True, "10.1.2.3", False, ""),
        ("keys.example.org", True, "keys.example.org", True, ""),
        ("keys.example.org:8443", True, "keys.example.org", True, ""),
        ("KEYS.example.org", True, "keys.example.org", True, ""),
        ("keys.example.org", False, "keys.example.org", False, ""),
    ],
)
def test_where_they_work_and_where_to_go_instead(host, secure, name, works, elsewhere):
    asked = request(host, secure=secure)
    assert host_name(asked) == name
    assert passkeys_work(asked) is works
    assert address_for_passkeys(asked) == elsewhere


@pytest.mark.django_db
def test_at_an_address_of_numbers_the_pages_name_the_other_address(cast: Cast):
    anonymous = browser(HTTP_HOST="127.0.0.1:8000")
    page = anonymous.get("/sign-in/").content.decode()
    assert "http://localhost:8000/sign-in/" in page
    assert "passkey-button" not in page
    client = fresh(signed_in(cast.ana, HTTP_HOST="127.0.0.1:8000"))
    assert "http://localhost:8000/me/factors/" in client.get("/me/factors/").content.decode()
    page = client.get(ADD_PASSKEY).content.decode()
    assert "http://localhost:8000/me/factors/passkeys/add/" in page
    assert "passkey-button" not in page


@pytest.mark.django_db
def test_the_sign_in_page_says_what_to_do_when_one_cannot_get_in():
    page = browser().get("/sign-in/").content.decode()
    for words in ("Password forgotten:", "Device lost:", "recovery code", "administrators of KeyConsole"):
        assert words in page
