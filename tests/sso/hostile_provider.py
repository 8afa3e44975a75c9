"""A provider that signs tokens by itself and can lie in every way, as a server on loopback."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "keyconsole", "a secret of both"


@cache
def key_pair(number: int) -> rsa.RSAPrivateKey:
    """Made once: a key costs a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Hostile:
    """What it says next. By default it is an honest provider of one person."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "s-ana", "preferred_username": "anouk"})
    userinfo: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signs_with: int = 1
    published: list[int] = field(default_factory=lambda: [1])
    algorithm: str = "RS256"
    signing_key: Any = None
    nonce: str | None = None  # None: the right one
    down: bool = False
    seconds: float = 0.0
    token_error: tuple[int, str] | None = None
    refresh_token: str = "r-1"
    bad_json: bool = False
    # What it was asked, by path.
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    last_nonce: str = ""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }

    def jwks(self) -> dict[str, Any]:
        return {"keys": [_public(number) for number in self.published]}

    def id_token(self, **over: Any) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.claims, **over}
        claims.setdefault("nonce", self.last_nonce if self.nonce is None else self.nonce)
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            return jwt.encode(claims, "", algorithm="none")
        key = self.signing_key or key_pair(self.signs_with)
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": f"k{self.signs_with}"})

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.down:
            return 503, {}
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/jwks":
            return 200, self.jwks()
        if path == "/userinfo":
            return 200, {"sub": self.claims["sub"], **self.userinfo}
        if self.token_error:
            return self.token_error[0], {"error": self.token_error[1]}
        extra = {} if form.get("grant_type") == "refresh_token" else {"id_token": self.id_token()}
        return 200, {
            "access_token": "a-1",
            "token_type": "Bearer",
            "refresh_token": self.refresh_token,
            **extra,
        }

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


def _public(number: int) -> dict[str, Any]:
    numbers = key_pair(number).public_key().public_numbers()
    return {
        "kty": "RSA",
        "kid": f"k{number}",
        "use": "sig",
        "alg": "RS256",
        "n": _number(numbers.n),
        "e": _number(numbers.e),
    }


def _number(value: int) -> str:
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def serving() -> Iterator[Hostile]:
    hostile = Hostile()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            sent = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
            self._answer({name: values[0] for name, values in sent.items()})

        def _answer(self, form: dict[str, str]) -> None:
            hostile.asked.append((self.path, form, dict(self.headers)))
            time.sleep(hostile.seconds)
            status, answer = hostile.answer(self.path, form)
            body = b"<html>" if hostile.bad_json else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hostile.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hostile
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
