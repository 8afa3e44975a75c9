"""KeyConsole as a wheel installed it, outside of the checkout, and how to run what is in it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keyconsole.demo.launch.children import end
from keyconsole.demo.launch.ports import HOST
from tests.patience import PATIENCE, wait_until

SECRET_KEY = "only-for-tests-" + "".join(map(chr, range(48, 91)))
THROUGH_A_PROXY = {"Host": "keys.example.org", "X-Forwarded-Proto": "https"}
DEPLOYED = {
    "KEYCONSOLE_SECRET_KEY": SECRET_KEY,
    "KEYCONSOLE_ALLOWED_HOSTS": "keys.example.org",
    "KEYCONSOLE_BEHIND_PROXY": "true",
}


@dataclass(frozen=True)
class Installation:
    folder: Path

    def program(self, name: str = "keyconsole") -> Path:
        return self.folder / "env" / "bin" / name

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def run(
        self, *arguments: str, settings: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program(), *arguments],
            cwd=cwd or self.folder,
            env=self._environment(settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @contextmanager
    def running(self, *command: str | Path, settings: Mapping[str, str] | None = None) -> Iterator[Path]:
        """The file that its output goes to, for as long as the block lasts."""
        log = self.folder / f"output-{time.monotonic_ns()}"
        with running(command, self.folder, log, self._environment(settings)):
            yield log

    def _environment(self, settings: Mapping[str, str] | None) -> dict[str, str]:
        return environment(**{"HOME": str(self.home), **(settings or {})})


def environment(**settings: str) -> dict[str, str]:
    """Ours without settings, and without what would lead Python back to the checkout."""
    ours = ("KEYCONSOLE_", "AWS_", "DJANGO_", "PYTHON", "PYTEST", "VIRTUAL_ENV", "XDG_", "COV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end([process], grace_seconds=PATIENCE)


def processes_of(folder: Path) -> list[str]:
    """Everything whose command line or environment names the folder; `ps e` shows both."""
    listed = subprocess.run(
        ["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


def make_environment(folder: Path, wheel: Path) -> Installation:
    """The wheel alone is installed; what it depends on is seen where the tests have it."""
    env = folder / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", env], check=True)
    python = env / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*pip, str(wheel)], check=True, env=environment())
    packages = next((env / "lib").glob("python3*/site-packages"))
    theirs = next(Path(each) for each in sys.path if each.endswith("site-packages"))
    (packages / "dependencies.pth").write_text(f"{theirs}\n", encoding="utf-8")
    (folder / "home").mkdir()
    return Installation(folder)


def fetch(
    port: int, path: str, headers: Mapping[str, str] = THROUGH_A_PROXY
) -> tuple[int, Mapping[str, str], str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def wait_for_page(port: int, log: Path) -> None:
    def healthy() -> bool:
        try:
            return fetch(port, "/healthy/")[0] == http.HTTPStatus.OK
        except OSError:
            return False

    wait_until(healthy, what=lambda: f"the page answers; it said: {log.read_text(encoding='utf-8')}")


def wait_for_text(log: Path, text: str) -> str:
    def told() -> str:
        return log.read_text(encoding="utf-8")

    wait_until(lambda: text in told(), what=lambda: f"it says {text!r}; it said: {told()}")
    return told()


def stylesheets(page: str) -> list[str]:
    return re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)


def assert_sign_in_page_with_its_stylesheet(port: int) -> None:
    """Under a name that holds its hash, so that browsers may keep it."""
    status, _, page = fetch(port, "/sign-in/")
    assert status == 200
    [href] = stylesheets(page)
    assert re.fullmatch(r"/static/keyconsole\.[0-9a-f]{12}\.css", href)
    status, headers, css = fetch(port, href)
    assert (status, headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in headers["Cache-Control"]
    assert "--" in css
