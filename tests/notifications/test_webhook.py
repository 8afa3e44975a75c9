"""The signed webhook, over real HTTP: what arrives, how to verify it, and every way that it can fail."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string

from keyconsole.notifications import webhook
from keyconsole.notifications.errors import Undelivered
from keyconsole.notifications.models import Delivery
from keyconsole.web.help.chapters import CHAPTERS, tables
from tests.cast import NOW
from tests.notifications.conftest import PATH_SECRET, SECRET, SECRET_ENV, URL_ENV, Receiver, send, tell


def post_to(url: str) -> None:
    webhook.post("{}", url=url, secret="s", ref="r", unix_time=1)


@pytest.fixture
def heard(delivery: Delivery, receiver: Receiver, settings: Any) -> Any:
    settings.KEYCONSOLE_URL = "https://keys.example.org"
    send(delivery)
    return receiver.heard[0]


def test_the_body_is_canonical_json_with_the_change_and_a_link(heard, delivery: Delivery):
    content = json.loads(heard.body)
    assert content == {
        "id": str(delivery.ref),
        "topic": "change.ended",
        "subject": "CR-12 is done",
        "body": "The primary of card-vault is in eu-west-1.",
        "account_id": "111122223333",
        "data": {"ref": "CR-12", "to_region": "eu-west-1"},
        "link": "https://keys.example.org/changes/CR-12/",
        "created_at": "2026-11-23T12:00:00Z",
    }
    again = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert heard.body == again.encode()


def test_the_signature_covers_the_time_and_the_body(heard):
    stamp = int(NOW.timestamp())
    wanted = hmac.new(SECRET.encode(), f"{stamp}.".encode() + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["KeyConsole-Signature"] == f"t={stamp},v1={wanted}"


def test_headers_tell_the_delivery_and_the_type(heard, delivery: Delivery):
    assert heard.headers["KeyConsole-Delivery"] == str(delivery.ref)
    assert heard.headers["Content-Type"] == "application/json"


def test_the_example_of_the_help_verifies_a_real_message(heard, monkeypatch):
    chapter = render_to_string("help/notifications.html", {"chapters": CHAPTERS, **tables()})
    example = next(code for code in re.findall(r"<code>(.*?)</code>", chapter, re.DOTALL) if "def " in code)
    defined: dict[str, Any] = {}
    exec(unescape(example).partition("\nis_genuine(")[0], defined)  # noqa: S102 - our own published words
    is_genuine, header = defined["is_genuine"], heard.headers["KeyConsole-Signature"]
    monkeypatch.setattr("time.time", lambda: NOW.timestamp() + 299)
    assert is_genuine(header, heard.body, SECRET)
    assert not is_genuine(header, heard.body + b" ", SECRET)
    assert not is_genuine(header, heard.body, SECRET + "x")
    monkeypatch.setattr("time.time", lambda: NOW.timestamp() + 301)
    assert not is_genuine(header, heard.body, SECRET)


def test_a_second_try_has_the_same_body_and_a_new_signature(delivery: Delivery, receiver: Receiver):
    receiver.answers.append(500)
    send(delivery)
    send(delivery, now=delivery.due_at or NOW)
    first, second = receiver.heard
    assert first.body == second.body
    assert first.headers["KeyConsole-Signature"] != second.headers["KeyConsole-Signature"]


def test_words_of_every_script_arrive_as_they_are(webhook_route, receiver: Receiver):
    tell(body="Zürich 東京 <b> ' \u202e")
    send(Delivery.objects.get())
    assert json.loads(receiver.heard[0].body)["body"] == "Zürich 東京 <b> ' \u202e"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(delivery: Delivery, receiver: Receiver, status: int):
    receiver.answers.append(status)
    failed = send(delivery)
    assert failed.last_problem == f"The webhook answered with status {status}; redirects are not followed."
    assert [request.path for request in receiver.heard] == [f"/{PATH_SECRET}"]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_any_other_status_is_told(delivery: Delivery, receiver: Receiver, status: int):
    receiver.answers.append(status)
    assert send(delivery).last_problem == f"The webhook answered with status {status}."


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_is_one(delivery: Delivery, receiver: Receiver, status: int):
    receiver.answers.append(status)
    assert send(delivery).state == "sent"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://127.0.0.1/x", "does not begin with"),
        ("postgres://user:word@host/name", "does not begin with"),
        ("https://", "not one that can be called"),
        ("http://127.0.0.1:99999/", "not one that can be called"),
        ("http://[::1/", "not one that can be called"),
        ("http://127.0.0.1:1/", "cannot be reached"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused_without_telling_it(url: str, sentence: str):
    with pytest.raises(Undelivered, match=sentence) as refusal:
        post_to(url)
    assert url not in str(refusal.value)


def test_a_receiver_that_says_nothing_is_left_after_a_while(monkeypatch):
    monkeypatch.setattr(webhook, "READ_SECONDS", 0.1)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(Undelivered, match="did not answer"):
        post_to(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_receiver_without_tls_is_no_https(receiver: Receiver):
    with pytest.raises(Undelivered) as refusal:
        post_to(receiver.address.replace("http:", "https:"))
    assert "certificate" in str(refusal.value)


def test_time_outs_are_short():
    assert (webhook.CONNECT_SECONDS, webhook.READ_SECONDS) == (3, 10)


def test_a_secret_in_a_file_signs_as_well(delivery: Delivery, receiver: Receiver, monkeypatch, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    monkeypatch.delenv(SECRET_ENV)
    monkeypatch.setenv(f"{SECRET_ENV}_FILE", str(file))
    send(delivery)
    [request] = receiver.heard
    stamp = int(NOW.timestamp())
    assert request.headers["KeyConsole-Signature"] == webhook.signature(
        request.body, secret="from a file", unix_time=stamp
    )


def test_a_file_that_cannot_be_read_is_told_by_its_variable(delivery: Delivery, monkeypatch, tmp_path):
    monkeypatch.delenv(URL_ENV)
    monkeypatch.setenv(f"{URL_ENV}_FILE", str(tmp_path / "gone"))
    failed = send(delivery)
    assert failed.last_problem == f"The file that {URL_ENV}_FILE names cannot be read by the worker."
