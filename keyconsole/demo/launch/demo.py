"""`make demo`: the whole product on this machine, with the sandbox KMS in the place of AWS.

Owns the demo's processes and its data in `.demo/<port>/`, which each start builds anew: the sandbox keeps its
keys in memory, and a database from an earlier run would tell of keys that no longer are so.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.children import PYTHON, ROOT, Stopped, end, start, watch_for_the_end
from tools.ports import HOST, PortRefusedError, free_port, port_number, refuse_taken_port

START_WITHIN_SECONDS = 90


class PartEndedError(Exception):
    """A part of the demo ended by itself."""


class Demo:
    def __init__(self, port: int, folder: Path, *, settle_seconds: float, go_on: Callable[[], None]) -> None:
        self.port, self.folder, self.settle_seconds, self.go_on = port, folder, settle_seconds, go_on
        self.sandbox_port = free_port()
        self.parts: dict[str, subprocess.Popen[str]] = {}
        self.environment = demo_environment(folder / "demo.sqlite3", self.sandbox_url)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    def run(self) -> None:
        try:
            self.start_everything()
            say(self.welcome())
            while True:
                self.pause(0.5)
        finally:
            end(list(self.parts.values()))

    def start_everything(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.start("web", *web_command(self.port))
        self.start(
            "sandbox",
            *manage("sandbox", "--port", self.sandbox_port, "--settle-seconds", self.settle_seconds),
        )
        self.finish("data", *manage("migrate", "--verbosity", 0))
        self.wait_for("sandbox", lambda: answers(self.sandbox_port, "/sandbox/calls"))
        self.finish("story", *manage("seed_demo", "--endpoint-url", self.sandbox_url))
        self.start("worker", *manage("worker"))
        self.wait_for("web", lambda: answers(self.port, "/healthy/"))

    def start(self, name: str, *command: object) -> None:
        with self.log_of(name).open("w", encoding="utf-8") as log:
            self.parts[name] = start(
                [str(part) for part in command], output=log.fileno(), env=self.environment
            )

    def finish(self, name: str, *command: object) -> None:
        """Run a command of the start-up to its end."""
        self.start(name, *command)
        child = self.parts[name]
        while child.poll() is None:
            self.pause(0.02, except_for=name)
        if child.returncode:
            raise PartEndedError(self.last_words(name))
        del self.parts[name]

    def wait_for(self, name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while not ready():
            if time.monotonic() > deadline:
                raise PartEndedError(
                    f"The {name} did not answer within {START_WITHIN_SECONDS} s; see {self.log_of(name)}."
                )
            self.pause(0.05)

    def pause(self, seconds: float, *, except_for: str = "") -> None:
        time.sleep(seconds)
        self.go_on()
        for name, child in self.parts.items():
            if name != except_for and child.poll() is not None:
                raise PartEndedError(self.last_words(name))

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def last_words(self, name: str) -> str:
        lines = self.log_of(name).read_text(encoding="utf-8").strip().splitlines()[-15:]
        return "\n".join(
            [*lines, f"The demo's {name} ended (status {self.parts[name].returncode}); see the lines above."]
        )

    def welcome(self) -> str:
        told = self.log_of("story").read_text(encoding="utf-8").strip()
        logs = self.folder.relative_to(ROOT) if self.folder.is_relative_to(ROOT) else self.folder
        return (
            f"\nKeyConsole is ready:  {self.url}\n\n{told}\n\n"
            f"The sandbox KMS listens at {self.sandbox_url}; nothing here reaches AWS.\n"
            f"Logs are in {logs}/. Ctrl-C ends everything.\n"
        )


def manage(*arguments: object) -> list[object]:
    return [PYTHON, "manage.py", *arguments]


def web_command(port: int) -> list[object]:
    return [
        PYTHON, "-m", "gunicorn", "keyconsole.wsgi", "--bind", f"{HOST}:{port}", "--threads", 8,
        "--no-control-socket", "--graceful-timeout", 2, "--log-level", "warning",
    ]  # fmt: skip


def demo_environment(database: Path, sandbox_url: str) -> dict[str, str]:
    """Ours without anything that could lead to a real AWS account or to another KeyConsole's database."""
    theirs = ("AWS_", "KEYCONSOLE_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return kept | {
        "KEYCONSOLE_DEMO": "1",
        "KEYCONSOLE_SECRET_KEY": secrets.token_urlsafe(48),
        "KEYCONSOLE_DATABASE_URL": f"sqlite:///{database}",
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_ENDPOINT_URL": sandbox_url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="demo", description="KeyConsole with its sandbox KMS on this machine."
    )
    parser.add_argument("--port", default="8000", help="where the pages are, on 127.0.0.1 (8000)")
    parser.add_argument("--folder", type=Path, help="where the data goes (.demo/<port>)")
    parser.add_argument(
        "--settle-seconds", type=float, default=8.0, help="how long the sandbox's KMS takes to settle"
    )
    options = parser.parse_args()
    go_on = watch_for_the_end()
    try:
        port = port_number(options.port)
        refuse_taken_port(port)
        say("Starting the sandbox KMS, the worker and the web server ...")
        folder = (options.folder or ROOT / ".demo" / str(port)).resolve()
        Demo(port, folder, settle_seconds=options.settle_seconds, go_on=go_on).run()
    except (PortRefusedError, PartEndedError) as error:
        sys.exit(str(error))
    except Stopped:
        say("\nEverything has ended.")


if __name__ == "__main__":
    main()
