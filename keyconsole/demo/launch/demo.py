"""The whole product on this machine, with the sandbox KMS in the place of AWS.

Owns the demo's processes and its folder, which each start builds anew: the sandbox keeps its keys in memory,
and a database from an earlier run would tell of keys that no longer are so.
"""

from __future__ import annotations

import contextlib
import http.client
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from keyconsole.demo.launch.children import Stopped, end, start, watch_for_the_end
from keyconsole.demo.launch.environment import (
    demo_settings,
    signing_settings,
    with_settings,
    write_command,
)
from keyconsole.demo.launch.ports import HOST, PortRefusedError, free_port, port_number, refuse_taken_port
from keyconsole.demo.launch.program import Program

START_WITHIN_SECONDS = 90


class PartEndedError(Exception):
    """A part of the demo ended by itself."""


class Demo:
    def __init__(
        self,
        program: Program,
        port: int,
        folder: Path,
        *,
        settle_seconds: float,
        go_on: Callable[[], None],
    ) -> None:
        self.program, self.port, self.folder = program, port, folder
        self.settle_seconds, self.go_on = settle_seconds, go_on
        self.sandbox_port = free_port()
        self.parts: dict[str, subprocess.Popen[str]] = {}
        self.settings = {
            **demo_settings(folder / "demo.sqlite3", self.sandbox_url),
            **signing_settings(folder),
        }
        self.environment = with_settings(self.settings)

    @property
    def url(self) -> str:
        """By the name: browsers take no passkeys at an address of numbers."""
        return f"http://localhost:{self.port}/"

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
        write_command(self.command, self.program.command_line, self.settings)
        self.start("web", *web_command(self.program, self.port))
        self.start(
            "sandbox",
            *self.manage("sandbox", "--port", self.sandbox_port, "--settle-seconds", self.settle_seconds),
        )
        self.finish("key", *self.manage("checkpoint", "--make-key", self.folder / "record-key.pem"))
        self.finish("data", *self.manage("migrate", "--verbosity", 0))
        self.wait_for("sandbox", lambda: answers(self.sandbox_port, "/sandbox/calls"))
        self.finish("story", *self.manage("seed_demo", "--endpoint-url", self.sandbox_url))
        self.finish("signature", *self.manage("checkpoint"))
        self.start("worker", *self.manage("worker"))
        self.wait_for("web", lambda: answers(self.port, "/healthy/"))

    def start(self, name: str, *command: object) -> None:
        with self.log_of(name).open("w", encoding="utf-8") as log:
            self.parts[name] = start(
                [str(part) for part in command],
                folder=self.program.folder,
                output=log.fileno(),
                env=self.environment,
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

    def manage(self, *arguments: object) -> list[object]:
        return [*self.program.command_line, *arguments]

    @property
    def command(self) -> Path:
        """The command line of this demo, for people."""
        return self.folder / "keyconsole"

    def welcome(self) -> str:
        told = self.log_of("story").read_text(encoding="utf-8").strip()
        here = Path.cwd()
        logs = self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder
        return (
            f"\nKeyConsole is ready:  {self.url}\n\n{told}\n\n"
            f"On the command line, in another terminal:\n    {shlex.quote(str(self.command))} change list\n"
            f"    {shlex.quote(str(self.command))} export_audit DIR    (then see DIR/VERIFY.md)\n"
            "What counts as a person's word asks for their password: --as ben, and so on.\n\n"
            f"The sandbox KMS listens at {self.sandbox_url}; nothing here reaches AWS.\n"
            f"Logs are in {logs}/. Ctrl-C ends everything.\n"
        )


def run_demo(
    program: Program,
    folder_for: Callable[[int], Path],
    *,
    port: str,
    settle_seconds: float,
    started_by_make: bool,
) -> None:
    """Until Ctrl-C. What is in the way is told in one sentence."""
    go_on = watch_for_the_end(started_by_make=started_by_make)
    try:
        number = port_number(port)
        refuse_taken_port(number, another=program.with_port)
        say("Starting the sandbox KMS, the worker and the web server ...")
        Demo(program, number, folder_for(number), settle_seconds=settle_seconds, go_on=go_on).run()
    except (PortRefusedError, PartEndedError) as error:
        sys.exit(str(error))
    except Stopped:
        say("\nEverything has ended.")


def web_command(program: Program, port: int) -> list[object]:
    return [
        program.python, "-m", "gunicorn", "keyconsole.wsgi", "--bind", f"{HOST}:{port}", "--threads", 8,
        "--no-control-socket", "--graceful-timeout", 2, "--log-level", "warning",
    ]  # fmt: skip


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with contextlib.closing(connection):
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
