"""Every header of every kind of answer, as a deployed server sends it, beside a file that holds them all.

Who changes a header on purpose deletes tests/web/headers.txt and runs this once: it is written anew, and the
difference is seen in review.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as ours
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, set_urlconf
from pytest_django import Settings

from keyconsole import urls
from keyconsole.web.guards import open_to_anyone
from tests.architecture.sources import ROOT
from tests.cast import PASSWORD, Cast, Inventory
from tests.conftest import HTMX, prove
from tests.form_client import FormClient

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

KEPT = ROOT / "tests" / "web" / "headers.txt"
# What is another at each answer, and no matter of safety.
_VARIES = [
    (r"(?<=keyconsole-csrf=)\w+", "…"),
    (r"(?<=keyconsole=)\w+", "…"),
    (r"(?<=expires=)[^;]+", "…"),
    (r"(?<=^Last-Modified: ).*", "…"),
    (r"(?<=^Expires: ).*", "…"),
    (r"(?<=^ETag: ).*", "…"),
    (r"(?<=^Content-Length: ).*", "…"),
    (r"(?<=^X-Request-ID: )[0-9a-f]{32}$", "…"),
    (r"(?<=proof%3D)[\w-]+", "…"),
    (r"(?<=keys-)\w+(?=\.csv)", "…"),
]


@pytest.fixture
def deployed(settings: Settings) -> Iterator[Settings]:
    """What the demo's settings relax, as it is without them."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.ROOT_URLCONF = __name__
    clear_url_caches()
    yield settings
    clear_url_caches()
    set_urlconf(None)


@open_to_anyone
def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("This page breaks on purpose.")


urlpatterns = [*urls.urlpatterns, path("broken/", _broken)]
handler500 = urls.handler500


def the_client(person: Any, **options: Any) -> Client:
    client = FormClient(**options)
    if person:
        client.force_login(person)
    return client


def proved_client(person: Any) -> Client:
    client = the_client(person)
    prove(client, person)
    return client


def answers(cast: Cast) -> dict[str, Callable[[], Any]]:
    ana, dan = cast.ana, cast.dan
    unraised = {"raise_request_exception": False}
    sign_in = {"login": "ana", "password": PASSWORD}
    return {
        "page": lambda: the_client(ana).get("/keys/", secure=True),
        "fragment": lambda: the_client(ana).get("/keys/", headers=HTMX, secure=True),
        "export": lambda: proved_client(ana).get("/keys/export.csv", secure=True),
        "export without a fresh proof: a redirect": lambda: the_client(ana).get(
            "/keys/export.csv", secure=True
        ),
        "sign-in page": lambda: the_client(None).get("/sign-in/", secure=True),
        "signed in: a redirect": lambda: the_client(None).post("/sign-in/", sign_in, secure=True),
        "not signed in: a redirect": lambda: the_client(None).get("/keys/", secure=True),
        "not signed in: a poll": lambda: the_client(None).get("/keys/?seen=1", headers=HTMX, secure=True),
        "plain HTTP: a redirect": lambda: the_client(None).get("/keys/"),
        "400": lambda: the_client(ana, **unraised).get("/keys/", headers={"Host": "not a host"}, secure=True),
        "403": lambda: the_client(dan).get("/audit/", secure=True),
        "403 of a form without its token": lambda: the_client(None, enforce_csrf_checks=True).post(
            "/sign-in/", sign_in, secure=True
        ),
        "404": lambda: the_client(ana).get("/nothing/", secure=True),
        "405": lambda: the_client(ana).put("/keys/", secure=True),
        "415": lambda: the_client(ana).post("/keys/", b"x", content_type="multipart/form-data", secure=True),
        "500": lambda: the_client(None, **unraised).get("/broken/", secure=True),
        "static file": lambda: the_client(None).get("/static/keyconsole.css", secure=True),
        "picture": lambda: the_client(None).get("/static/icons.svg", secure=True),
        "health": lambda: the_client(None).get("/healthy/", secure=True),
    }


def asked(ask: Callable[[], Any]) -> Any:
    """Read to its end, which closes the file that it came from."""
    response = ask()
    if response.streaming:
        list(response.streaming_content)
    return response


def headers_of(response: Any) -> list[str]:
    lines = [f"{key}: {_in_order(key, value)}" for key, value in sorted(response.items())]
    lines += [f"Set-Cookie: {cookie.OutputString()}" for _, cookie in sorted(response.cookies.items())]
    for pattern, instead in _VARIES:
        lines = [re.sub(pattern, instead, line) for line in lines]
    return lines


def _in_order(key: str, value: str) -> str:
    """The directives of a policy have none of their own."""
    return "; ".join(sorted(value.split("; "))) if key == "Content-Security-Policy" else value


def written(seen: dict[str, list[str]]) -> str:
    """What all have in common stands once, at the top; what one lacks of that is said there."""
    over_tls = [lines for name, lines in seen.items() if not name.startswith("plain HTTP")]
    common = [line for line in over_tls[0] if all(line in lines for lines in over_tls)]
    parts = ["\n".join(["== every answer over TLS", *common])]
    for name, lines in seen.items():
        missing = [f"not {line.partition(':')[0]}" for line in common if line not in lines]
        parts.append("\n".join([f"== {name}", *(line for line in lines if line not in common), *missing]))
    return "\n\n".join(parts) + "\n"


def test_every_header_of_every_kind_of_answer_is_the_one_that_was_reviewed(
    deployed: Settings, cast: Cast, inventory: Inventory
) -> None:
    found = {name: asked(ask) for name, ask in answers(cast).items()}
    seen = written({name: [str(each.status_code), *headers_of(each)] for name, each in found.items()})
    if not KEPT.exists():
        KEPT.write_text(seen, encoding="utf-8")
        pytest.fail("tests/web/headers.txt was written anew. Read what has changed, and run this again.")
    assert seen == KEPT.read_text(encoding="utf-8")


def test_whatever_is_answered_stays_in_its_own_window_and_its_own_origin(
    deployed: Settings, cast: Cast, inventory: Inventory
) -> None:
    for name, ask in answers(cast).items():
        response = asked(ask)
        assert response.headers["X-Content-Type-Options"] == "nosniff", name
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert response.headers["Referrer-Policy"] == "same-origin", name
        if name.startswith("plain HTTP"):
            continue  # nothing but the way to TLS
        assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000"), name
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp", name
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], name
        assert response.headers["X-Frame-Options"] == "DENY", name
        assert "camera=()" in response.headers["Permissions-Policy"], name
        assert "Access-Control-Allow-Origin" not in response.headers, name


def test_pages_may_use_what_they_use_and_nothing_else(as_ana: Client, inventory: Inventory) -> None:
    policy = as_ana.get("/keys/").headers["Permissions-Policy"]
    allowed = {part.partition("=")[0] for part in policy.split(", ") if not part.endswith("=()")}
    assert allowed == {"clipboard-write", "publickey-credentials-create", "publickey-credentials-get"}
    assert len(policy.split(", ")) > 40
    assert ours.PERMISSIONS_POLICY["clipboard-write"] == "self"
