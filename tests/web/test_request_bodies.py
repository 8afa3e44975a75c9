"""What a request may carry: forms, small ones, and never a file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.http import urlencode

from keyconsole.changes.batches.request import LINES_AT_MOST
from keyconsole.text import REASON_AT_MOST
from keyconsole.web.policies.editor import LONGEST_DOCUMENT
from tests.architecture.sources import ROOT
from tests.cast import Inventory
from tests.form_client import FORM

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
FILE = (
    "--cut\r\nContent-Disposition: form-data; name='f'; filename='f'\r\n\r\n"
    + "x" * 3_000_000
    + "\r\n--cut--"
)


def test_multipart_is_refused_before_anything_reads_it(
    anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was written")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", written)
    monkeypatch.setattr("django.http.request.HttpRequest.parse_file_upload", written)
    strict: Any = type(anonymous)(enforce_csrf_checks=True)
    for content_type in (
        "multipart/form-data; boundary=cut",
        "MULTIPART/Form-Data;boundary=cut",
        "multipart/x",
    ):
        response = strict.generic("POST", "/sign-in/", FILE, content_type=content_type)
        assert response.status_code == 415
        assert response.content == b"KeyConsole takes forms, not files.\n"
        assert "Content-Security-Policy" in response.headers


def test_multipart_is_refused_by_every_method_and_address(as_ada: Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "GET"):
        for address in ("/", "/accounts/add/", "/healthy/", "/nothing/"):
            response: Any = as_ada.generic(
                method, address, FILE, content_type="multipart/form-data; boundary=cut"
            )
            assert response.status_code == 415


def test_a_body_that_is_too_long_is_refused_by_what_its_head_says(
    as_ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: Any) -> None:
        raise AssertionError("the body was read")

    monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest._load_post_and_files", read)
    monkeypatch.setattr("django.core.handlers.wsgi.LimitedStream.read", read)
    strict: Any = type(as_ada)(enforce_csrf_checks=True)
    too_long = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    response = strict.generic("POST", "/sign-in/", too_long, content_type=FORM)
    assert response.status_code == 413
    assert response.content == b"This is more than a form of KeyConsole can hold.\n"


def test_a_length_that_is_no_number_is_no_fault_of_the_server(anonymous: Client) -> None:
    response: Any = anonymous.generic("POST", "/sign-in/", b"", content_type=FORM, CONTENT_LENGTH="many")
    assert response.status_code < 500


def test_the_limit_is_small_and_holds_the_largest_forms_that_there_are(
    as_ana: Client, inventory: Inventory
) -> None:
    keys = " ".join(f"{number:012}/mrk-{number:032x}" for number in range(LINES_AT_MOST))
    batch = urlencode({"keys": keys, "reason": "\N{KEY}" * REASON_AT_MOST, "ask": "1"})
    document = urlencode({"document": '"' * LONGEST_DOCUMENT, "why": "\N{KEY}" * 2000, "as": "json"})
    assert max(len(batch), len(document)) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= 400 * 1024
    assert as_ana.post("/keys/move/", batch).status_code == 200


def test_a_form_has_no_more_fields_than_the_largest_policy(as_ada: Client) -> None:
    at_most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    windows, freezes, requirements = 50 * (7 + 4), 200 * 3, 10 * 2
    assert windows + freezes + requirements < at_most <= 1500
    sent = "&".join(f"f{number}=" for number in range(at_most + 1))
    assert as_ada.post("/accounts/add/", sent).status_code == 400
    assert as_ada.get(f"/keys/?{sent}").status_code == 400


def test_the_proxies_let_pass_what_the_server_takes_and_nothing_longer() -> None:
    nginx = (ROOT / "docs/proxy/nginx.conf").read_text(encoding="utf-8")
    caddy = (ROOT / "docs/proxy/Caddyfile").read_text(encoding="utf-8")
    [in_nginx] = re.findall(r"client_max_body_size (\d+)k;", nginx)
    [in_caddy] = re.findall(r"max_size (\d+)KiB", caddy)
    assert int(in_nginx) * 1024 == int(in_caddy) * 1024 == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
