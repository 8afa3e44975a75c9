"""README's chapter "Deployment", followed to the letter in a copy of the checkout, from nothing.

The commands are read from README and run in their order by a shell. Two things are put in: a free port in the
place of 8000, and the sandbox in the place of AWS (by the variables of AWS's own SDKs). All that is needed is
installed anew, from wherever pip installs here. TLS itself is not tested, only what its proxy tells by its
headers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from keyconsole.demo.launch.ports import free_port
from tests.architecture.sources import ROOT, files, read
from tests.packaging.installation import (
    SECRET_KEY,
    assert_sign_in_page_with_its_stylesheet,
    environment,
    fetch,
    running,
    wait_for_page,
    wait_for_text,
)

SERVES = ".venv/bin/keyconsole serve --bind 127.0.0.1:8000"


def blocks() -> list[str]:
    """What the chapter sets off as code, in order."""
    chapter = read("README.md").split("\n## Deployment\n")[1].split("\n## ")[0]
    found = re.findall(r"(?:^    .*\n)+", chapter, flags=re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]


def reads_settings() -> str:
    """The line with which each further terminal, or the service manager, gets the settings."""
    [line] = [line for block in blocks() for line in block.splitlines() if line.startswith("set -a; ")]
    return line


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What git knows, or would know: nothing of what lies about here."""
    folder = tmp_path / "checkout"
    for path in files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    return folder


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """With `python3` as the Python of these tests, which is new enough; the system's own may not be."""
    python3 = tmp_path / "bin" / "python3"
    python3.parent.mkdir()
    python3.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" "$@"\n', encoding="utf-8")
    python3.chmod(0o755)
    # What is imported is compiled then; pip would compile thousands of modules that nothing here imports.
    return environment(PATH=f"{python3.parent}{os.pathsep}{os.environ['PATH']}", PIP_COMPILE="0")


@contextmanager
def sandbox_as_aws(tmp_path: Path) -> Iterator[dict[str, str]]:
    command = (sys.executable, "manage.py", "sandbox", "--port", "0")
    with running(command, ROOT, tmp_path / "sandbox.log", environment()):
        told = wait_for_text(tmp_path / "sandbox.log", "listens on http")
        yield {
            "AWS_ENDPOINT_URL": told.split()[-1],
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
        }


def shell(script: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", script],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Each is JSON, gunicorn's own among them."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {"at", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
    return lines


def test_the_deployment_check_has_no_warning_about_what_readme_sets(tmp_path: Path) -> None:
    key = tmp_path / "secret-key"
    key.write_text(SECRET_KEY, encoding="utf-8")
    [settings] = re.findall(r"<<END\n(.*?)^END$", "\n".join(blocks()), flags=re.MULTILINE | re.DOTALL)
    names = dict(line.split("=", 1) for line in settings.replace("$PWD/conf", str(tmp_path)).splitlines())
    names["KEYCONSOLE_DATA_DIR"] = str(tmp_path)
    of_several_hosts = {"KEYCONSOLE_DATABASE_URL": "postgres://keyconsole@/keyconsole"}
    for more, told in ({}, "keyconsole.I001"), (of_several_hosts, "System check identified no issues"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            cwd=ROOT,
            env=environment(**names, **more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert told in done.stdout + done.stderr
        assert "(security" not in done.stdout + done.stderr


@pytest.mark.processes
def test_readmes_deployment_ends_with_a_page_a_worker_and_a_scan(
    checkout: Path, env: dict[str, str], tmp_path: Path
) -> None:
    *preparations, processes, first_steps = blocks()
    shell("\n".join(preparations), checkout, env)
    serves, works = processes.splitlines()
    assert serves == SERVES
    port = free_port()
    started = [f"{reads_settings()}\nexec {each.replace('8000', str(port))}" for each in (serves, works)]
    logs = tmp_path / "serve.log", tmp_path / "worker.log"
    with (
        sandbox_as_aws(tmp_path) as aws,
        running(["/bin/sh", "-c", started[0]], checkout, logs[0], env) as server,
        running(["/bin/sh", "-c", started[1]], checkout, logs[1], {**env, **aws}) as worker,
    ):
        wait_for_page(port, logs[0])
        assert_sign_in_page_with_its_stylesheet(port)
        assert fetch(port, "/sign-in/", {"Host": "keys.example.org"})[0] == 301
        told = shell(f"{reads_settings()}\n{first_steps}", checkout, {**env, **aws})
        assert "Added ada as administrator." in told
        assert re.search(r"payments .*", told)
        assert worker.poll() is None, logs[1].read_text(encoding="utf-8")
    assert (server.returncode, worker.returncode) == (0, 0)
    assert "account_login" in {line.get("route") for line in lines_of(logs[0])}
    assert "The worker is ready." in {line["message"] for line in lines_of(logs[1])}
    assert not (tmp_path / "home").exists()
    without_sandbox = subprocess.run(
        [checkout / ".venv/bin/keyconsole", "demo"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert without_sandbox.returncode == 1
    assert without_sandbox.stderr == (
        "`keyconsole demo` needs the sandbox: install keyconsole[sandbox] instead of keyconsole.\n"
    )
