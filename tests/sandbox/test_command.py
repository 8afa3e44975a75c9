"""`manage.py sandbox`: needs nothing, says where it listens, ends at once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.patience import PATIENCE

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parents[2]
BARE = {"PATH": os.environ["PATH"]}


@pytest.fixture
def started() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", "--empty"]
    with subprocess.Popen(command, cwd=ROOT, env=BARE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Sandbox KMS listens on http://127.0.0.1:")
    return line.rsplit("/", 1)[-1].strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_listens_without_a_secret_key_and_ends_when_told(started, number):
    with closing(HTTPConnection(address(started), timeout=PATIENCE)) as connection:
        connection.request("GET", "/sandbox/calls")
        assert connection.getresponse().status == 200

        started.send_signal(number)
        assert started.wait(timeout=PATIENCE) == 0


def test_a_busy_port_is_one_clear_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--empty"]
        ended = subprocess.run(
            command, cwd=ROOT, env=BARE, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    assert ended.returncode == 1
    assert ended.stderr.strip() == (
        f"CommandError: The sandbox cannot listen on 127.0.0.1:{port}: another program uses this port."
    )
