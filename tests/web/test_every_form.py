"""Every form that a page holds, sent as it stands and filled to the brim: no answer is a fault of ours.

What a column cannot hold, and what a database refuses in the middle of a transaction, PostgreSQL tells and
SQLite mostly keeps. That every action does what it says is told by the tests of each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.conftest import client_of
from tests.web.hidden_world import make_world, own_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]
FREE = {"text", "search", "email", "url", "password", "number", "textarea"}
ENDS_THE_SESSION = "/sign-out/"
BRIM = {"signs": "\N{PILE OF POO}'\"%_\\x" * 500, "digits": "9" * 30, "nul": "a\x00b"}


@dataclass
class Form:
    """What a browser would send, and which of it a person may type."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)

    def filled_with(self, text: str) -> dict[str, str]:
        return {**self.values, **dict.fromkeys(self.typed, text)}


class Forms(HTMLParser):
    def __init__(self, page: str, content: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._list = page, ""
        self._form: Form | None = None
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(has.get("action") or self._page) if has.get("method") == "post" else None
            self.found += [self._form] if self._form else []
        elif tag == "option" and self._form and self._list:
            self._form.values.setdefault(self._list, has.get("value", ""))
        elif self._form and (name := has.get("name")):
            self._list = name if tag == "select" else ""
            if tag != "select":
                self._form.values.setdefault(name, has.get("value", ""))
            if has.get("type", "text" if tag == "input" else tag) in FREE:
                self._form.typed.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form, self._list = None, ""


def forms_on(client: Client, page: str) -> list[Form]:
    response = client.get(page)
    if response.status_code != 200 or response.streaming:
        return []
    return [
        form
        for form in Forms(page.partition("?")[0], response.content.decode()).found
        if form.action != ENDS_THE_SESSION
    ]


def send(client: Client, form: Form, values: dict[str, str]) -> int:
    """The status of the answer; nothing of it stays."""
    with transaction.atomic():
        status: int = client.post(form.action, values).status_code
        transaction.set_rollback(True)
    return status


def test_no_form_breaks_whatever_is_typed_into_it(db: None) -> None:
    world = make_world()
    seen: set[tuple[str, ...]] = set()
    for person in (world.pia, world.ada):
        client = client_of(person)
        for page in own_addresses(world):
            for form in forms_on(client, page):
                kind = (resolve(form.action).view_name, *sorted(form.values))
                if kind in seen:
                    continue
                seen.add(kind)
                assert send(client, form, form.values) < 500, form.action
                for name, text in BRIM.items() if form.typed else ():
                    assert send(client, form, form.filled_with(text)) < 500, (form.action, name)
    assert len(seen) > 20
