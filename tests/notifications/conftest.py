"""A receiver over real HTTP on this machine, and routes that lead to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import transaction

from keyconsole.notifications import deliver
from keyconsole.notifications.announce import Announced, announce
from keyconsole.notifications.models import Delivery, Route
from keyconsole.notifications.topics import Topic
from tests.cast import NOW
from tests.patience import PATIENCE

SECRET = "very-secret-signing-text"
PATH_SECRET = "T0KEN-in-the-path"
URL_ENV, SECRET_ENV = "KEYCONSOLE_NOTIFY_DESK", "KEYCONSOLE_NOTIFY_DESK_SECRET"


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    port: int
    answers: list[int] = field(default_factory=list)  # statuses to give, in turn; 200 afterwards
    heard: list[Request] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/{PATH_SECRET}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append(Request(self.path, dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE)


def make_route(name: str = "desk", **over: Any) -> Route:
    fields = {"kind": "webhook", "url_env": URL_ENV, "secret_env": SECRET_ENV, **over}
    return Route.objects.create(name=name, added_by="ada", added_at=NOW, **fields)


@pytest.fixture
def webhook_route(db: None, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Route:
    monkeypatch.setenv(URL_ENV, receiver.address)
    monkeypatch.setenv(SECRET_ENV, SECRET)
    return make_route()


def tell(*, now: datetime = NOW, **over: Any) -> Announced:
    fields: dict[str, Any] = {
        "topic": Topic.CHANGE_ENDED,
        "subject": "CR-12 is done",
        "body": "The primary of card-vault is in eu-west-1.",
        "data": {"ref": "CR-12", "to_region": "eu-west-1"},
        "account_id": "111122223333",
        "path": "/changes/CR-12/",
        **over,
    }
    with transaction.atomic():
        return announce(fields.pop("topic"), now=now, **fields)


def send(delivery: Delivery, *, now: datetime = NOW) -> Delivery:
    """What a worker does for it at that moment, if it is due."""
    found = Delivery.objects.select_related("route", "person").get(pk=delivery.pk)
    if found.due_at is not None:
        deliver.deliver(found, clock=lambda: now)
    delivery.refresh_from_db()
    return delivery


@pytest.fixture
def delivery(webhook_route: Route) -> Delivery:
    tell()
    return Delivery.objects.get()
