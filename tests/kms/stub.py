"""An HTTP server that answers as told, for what no emulator does: silence, dropped lines, faults."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from tests.patience import PATIENCE

Request = dict[str, Any]
Answer = Callable[["_Handler"], None]

ACCOUNT = "111122223333"
CALLER = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/KeyConsole/test</Arn><UserId>AROA:test</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
ROLE = """<{name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{name}Result><Credentials>
<AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
<Expiration>{expires}</Expiration></Credentials></{name}Result></{name}Response>"""

REFUSAL = """<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>
<RequestId>stub-request</RequestId></ErrorResponse>"""


def says(status: int, body: dict[str, Any], **headers: str) -> Answer:
    def answer(handler: _Handler) -> None:
        handler.reply(status, json.dumps(body), {"x-amzn-requestid": "stub-request", **headers})

    return answer


def refuses(status: int, code: str, message: str = "") -> Answer:
    def answer(handler: _Handler) -> None:
        if handler.headers.get("X-Amz-Target"):
            says(status, {"__type": code, "message": message})(handler)
        else:
            handler.reply(status, REFUSAL.format(code=code, message=message), {})

    return answer


def says_xml(text: str, status: int = 200) -> Answer:
    return lambda handler: handler.reply(status, text, {})


def grants(*, expires: str = "2099-01-01T00:00:00Z") -> Answer:
    def answer(handler: _Handler) -> None:
        number = handler.stub.counts[handler.operation]
        handler.reply(200, ROLE.format(name=handler.operation, number=number, expires=expires), {})

    return answer


def hangs(handler: _Handler) -> None:
    """Take the request and keep silent until the test is over."""
    handler.stub.over.wait(PATIENCE)


def drops(handler: _Handler) -> None:
    """Take the request and close the line without a word."""
    handler.close_connection = True
    handler.connection.shutdown(2)


class StubAws:
    """`answers` by operation, the last one of a list repeats; `requests` holds what came in."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {"GetCallerIdentity": says_xml(CALLER)}
        self.requests: list[Request] = []
        self.counts: Counter[str] = Counter()
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.stub = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self, operation: str, request: Request) -> Answer:
        with self._lock:
            self.requests.append({"operation": operation} | request)
            self.counts[operation] += 1
            answer = self.answers.get(operation, refuses(400, "UnknownOperationException"))
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            return answer

    def sent(self, operation: str) -> list[Request]:
        return [request for request in self.requests if request["operation"] == operation]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    operation = ""

    @property
    def stub(self) -> StubAws:
        return self.server.stub  # type: ignore[attr-defined,no-any-return]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if target := self.headers.get("X-Amz-Target"):
            self.operation, request = target.split(".")[1], json.loads(body)
        else:
            request = {name: values[0] for name, values in parse_qs(body).items()} or json.loads(body or "{}")
            self.operation = (
                request.get("Action") or self.path.strip("/")[0].upper() + self.path.strip("/")[1:]
            )
        request["authorization"] = self.headers.get("Authorization", "")
        self.stub.take(self.operation, request)(self)

    def reply(self, status: int, text: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(text.encode())), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass
