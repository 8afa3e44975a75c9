"""Secrets go through every form, every address and the terminal, and no line that is written holds one."""

from __future__ import annotations

import io
import logging
import re
import secrets
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.http import urlencode

from keyconsole.urls import urlpatterns
from tests.cast import PASSWORD, Cast, Inventory
from tests.changes.commands import manage
from tests.form_client import FormClient
from tests.logs.captured import captured
from tests.web.stories import ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
# What forms ask for that no page of a moment shows.
ALWAYS = ("login", "password", "oldpassword", "password1", "password2", "external_id", "code", "secret", "q")


def something_secret() -> str:
    return f"Secret-{secrets.token_hex(12)}"


class Fields(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set(ALWAYS)
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"input", "textarea", "select"}:
            self.names.add(dict(attrs).get("name") or "q")


def addresses(inventory: Inventory, ref: str) -> list[str]:
    held = {"account_id": "111122223333", "key_id": inventory.card_vault.key_id, "region": "eu-west-1"}
    held |= {"ref": ref, "fmt": "csv"}

    def fill(found: re.Match[str]) -> str:
        return held.get(found[1], "nothing")

    return ["/" + re.sub(r"<\w+:(\w+)>", fill, str(pattern.pattern)) for pattern in urlpatterns]


@pytest.mark.parametrize("name", ["ada", ""])
def test_no_form_and_no_address_leaves_a_secret_in_the_log(
    cast: Cast, inventory: Inventory, name: str
) -> None:
    secret = something_secret()
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    carried = {"Authorization": f"Bearer {secret}", "X-Api-Key": secret}
    with captured() as seen:
        stranger, client = a_client(None, enforce_csrf_checks=True), a_client(None)
        for address in addresses(inventory, change.ref):
            if name and SESSION_KEY not in client.session:  # at the first, and after the one to sign out
                client = a_client(getattr(cast, name))
            page: Any = client.get(address, {"q": secret, "token": secret}, headers=carried)
            shown = page.content.decode() if not page.streaming else b"".join(page.streaming_content).decode()
            sent = dict.fromkeys(Fields(shown).names - {"csrfmiddlewaretoken"}, secret)
            client.post(f"{address}?token={secret}", sent, headers=carried)
            stranger.post(f"{address}?{urlencode({'q': secret})}", sent)
    assert len(seen.objects("keyconsole.requests")) == 3 * len(urlpatterns)
    assert secret not in seen.everything
    sessions = list(Session.objects.values_list("session_key", flat=True))
    assert [each for each in sessions if each in seen.everything] == []


def a_client(person: Any, **options: Any) -> Client:
    client = FormClient(raise_request_exception=False, **options)
    if person:
        client.force_login(person)
    return client


def test_no_command_leaves_a_secret_in_the_log(
    cast: Cast, inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong, place = PASSWORD, something_secret(), f"json://127.0.0.1:1/{something_secret()}"
    keys = {name: something_secret() for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")}
    for name, value in keys.items():
        monkeypatch.setenv(f"PAYMENTS_{name}", value)
    monkeypatch.setenv("KEYCONSOLE_NOTIFY_DESK", place)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    external_id = something_secret()
    with captured() as seen:
        manage(
            "add_account", "444455556666", "--name", "fourth", "--env-keys", "PAYMENTS",
            "--role-arn", "arn:aws:iam::444455556666:role/KeyConsole", "--external-id", external_id,
            "--endpoint-url", "http://127.0.0.1:1",
        )  # fmt: skip
        manage("notification_route", "add", "desk", "--url-env", "KEYCONSOLE_NOTIFY_DESK")
        for password in (wrong, right):
            monkeypatch.setenv("KEYCONSOLE_PASSWORD", password)
            manage("add_person", f"new-{password[-4:].lower()}")
            manage("change", "approve", change.ref, "--plan", change.plan_sha256, "--as", "ben")
            said = manage("token", "create", "pipeline", "--as", "ana", "--days", "9")
        token = said.out.split()[-1]
        monkeypatch.delenv("KEYCONSOLE_PASSWORD")
        for given in (token, "keyconsole_" + secrets.token_hex(23)):
            monkeypatch.setenv("KEYCONSOLE_TOKEN", given)
            manage("change", "comment", change.ref, "--text", "hello", "--as", "ana")
        logging.getLogger("others").error("it was %s, %s, %s", token, wrong, external_id)
    hidden = (right, wrong, place, token, external_id, *(keys[name] for name in list(keys)[1:]))
    assert token.startswith("keyconsole_")
    assert [each for each in hidden if each in seen.everything] == []
