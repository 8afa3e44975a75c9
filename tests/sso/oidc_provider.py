"""The certified provider in a process of its own, and what somebody does in its pages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.sso.hostile_provider import CLIENT_ID, CLIENT_SECRET
from tools.children import end_with_parent
from tools.oidc_provider import FOLDER, missing

WHY_NOT = missing()


@dataclass(frozen=True)
class Certified:
    issuer: str
    process: subprocess.Popen[str]

    def know(self, sub: str, **claims: Any) -> None:
        """From now on there is this person, with these claims."""
        self._control({"sub": sub, "claims": claims})

    def forget(self, sub: str) -> None:
        self._control({"sub": sub})

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def visit(self, address: str, *, sub: str) -> dict[str, str]:
        """Follow our redirect, choose who one is (nobody: cancel), and come back with what it answers."""
        browser = requests.Session()
        page = browser.get(address)
        assert "/interaction/" in page.url, page.text
        answer = browser.post(page.url, data={"sub": sub}, allow_redirects=False)
        while answer.headers["Location"].startswith(self.issuer):
            answer = browser.get(answer.headers["Location"], allow_redirects=False)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}

    def _control(self, told: dict[str, Any]) -> None:
        requests.post(f"{self.issuer}/control", json=told, timeout=30).raise_for_status()


@contextmanager
def running(redirect_uris: Sequence[str]) -> Iterator[Certified]:
    told = {"redirectUris": list(redirect_uris), "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    process = subprocess.Popen(
        ["node", "provider.mjs", json.dumps(told)],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=end_with_parent(),  # noqa: PLW1509 - two calls into the C library
    )
    assert process.stdout is not None
    try:
        listens = json.loads(process.stdout.readline())
        yield Certified(listens["issuer"], process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
