"""The whole product as `make demo` starts it, for the journeys: its own port, data and sandbox."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keyconsole.demo.launch.environment import demo_environment
from keyconsole.demo.launch.ports import HOST, free_port
from keyconsole.demo.people import PEOPLE
from tests.outside import Outside
from tests.patience import PATIENCE, wait_until
from tools.children import PYTHON, ROOT, end, start

SETTLE_SECONDS = 1.0
PASSWORDS = {person.username: person.password for person in PEOPLE}


@dataclass(frozen=True)
class Product:
    url: str
    sandbox_url: str
    database: Path
    outside: Outside

    def at(self, path: str) -> str:
        return self.url.rstrip("/") + path

    @contextmanager
    def fault(self, name: str, **where: str) -> Iterator[None]:
        """A fault of the sandbox, for as long as the block lasts."""
        self._sandbox("POST", "/sandbox/faults", {"name": name, **where})
        try:
            yield
        finally:
            self._sandbox("DELETE", "/sandbox/faults")

    def approve(self, ref: str, *approvers: str) -> None:
        """Each agrees, at the terminal, to the plan that the change has, until it no longer waits."""
        for approver in approvers:
            facts = json.loads(self.manage("change", "show", ref, "--json"))
            if facts["state"] == "pending":
                plan = ("--plan", facts["plan_sha256"])
                self.manage("change", "approve", ref, *plan, "--as", approver, password=PASSWORDS[approver])

    def manage(self, *arguments: str, password: str = "") -> str:
        """What a command prints that runs beside the product, on the same database and sandbox."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=demo_environment(self.database, self.sandbox_url) | {"KEYCONSOLE_PASSWORD": password},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def calls(self, operation: str) -> int:
        """How often the sandbox was called; `timeout` and retries count as AWS would count them."""
        return int(self._sandbox("GET", "/sandbox/calls")["by_operation"].get(operation, 0))

    def kms(self, account_id: str, region: str) -> Any:
        """Somebody with the AWS command line, outside of KeyConsole."""
        return self.outside.client(account_id, region)

    def _sandbox(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  # loopback
            self.sandbox_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            told: dict[str, Any] = json.loads(answer.read() or b"{}")
            return told


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    port, log = free_port(), folder / "demo.log"
    with log.open("w", encoding="utf-8") as output:
        command = [str(PYTHON), "-m", "tools.demo", "--port", str(port), "--folder", str(folder / "data")]
        demo = start([*command, "--settle-seconds", str(SETTLE_SECONDS)], output=output.fileno())
    try:
        wait_until(
            lambda: "is ready" in log.read_text(encoding="utf-8") or demo.poll() is not None,
            what="the product is ready",
        )
        told = log.read_text(encoding="utf-8")
        assert demo.poll() is None, told
        sandbox_url = next(
            word for word in told.split() if word.startswith(f"http://{HOST}") and str(port) not in word
        )
        with Outside(sandbox_url.rstrip(";,.")) as outside:
            yield Product(
                f"http://{HOST}:{port}/",
                sandbox_url.rstrip(";,."),
                folder / "data" / "demo.sqlite3",
                outside,
            )
    finally:
        end([demo])
