"""Somebody before the pages of the sign-in, and somebody who has just proved again who they are."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from tests.cast import PASSWORD
from tests.form_client import FormClient
from tests.passkey import Passkey

SECOND, ALONE = "/sign-in/second-factor/", "/sign-in/passkey/"
AGAIN, AGAIN_BY_CODE, AGAIN_BY_PASSKEY = "/sign-in/again/", "/sign-in/again/code/", "/sign-in/again/passkey/"
ADD_PASSKEY, ADD_TOTP = "/me/factors/passkeys/add/", "/me/factors/totp/add/"


def browser(**meta: str) -> Any:
    """At a name for which browsers take passkeys."""
    return FormClient(**{"SERVER_NAME": "localhost", **meta})  # type: ignore[arg-type]


def type_password(client: Any, name: str, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(f"/sign-in/{query}", {"login": name, "password": password})


def is_signed_in(client: Any) -> bool:
    return bool(client.get("/help/").status_code == 200)


def fresh(client: Any) -> Any:
    """With a proof of this moment, by the password: for who has no second factor."""
    answer = client.post(AGAIN, {"password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def fresh_by_code(client: Any, typed: str) -> Any:
    answer = client.post(AGAIN_BY_CODE, {"code": typed})
    assert answer.status_code == 302, answer.content
    return client


def fresh_by_passkey(client: Any, passkey: Passkey) -> Any:
    options = options_of(client.get(AGAIN_BY_PASSKEY))
    answer = client.post(AGAIN_BY_PASSKEY, {"credential": passkey.answer(options)})
    assert answer.status_code == 302, answer.content
    return client


def signed_in(person: User, **meta: str) -> Any:
    client = browser(**meta)
    answer = type_password(client, person.username)
    assert answer.headers["Location"] == "/", answer.content
    return client


def options_of(answer: Any) -> dict[str, Any]:
    """What the page hands to the browser."""
    data = answer.context["js_data"]
    found: dict[str, Any] = data.get("creation_options") or data["request_options"]
    return found


def set_up_passkey(client: Any, *, name: str = "blue key", alone: bool = True) -> Passkey:
    """Through the pages, by somebody whose proof is fresh."""
    passkey = Passkey()
    form = {"name": name, "credential": passkey.create(options_of(client.get(ADD_PASSKEY)), alone=alone)}
    answer = client.post(ADD_PASSKEY, {**form, **({"passwordless": "on"} if alone else {})})
    assert answer.status_code == 302, answer.context["form"].errors
    return passkey


def begin_alone(client: Any) -> dict[str, Any]:
    asked = client.get(ALONE, headers={"Accept": "application/json"}).json()
    found: dict[str, Any] = asked["request_options"]
    return found
