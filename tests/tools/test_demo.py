"""`make demo`: one sentence for what is in the way, no way to AWS, and nothing that outlives it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from keyconsole.demo.launch.environment import demo_environment
from keyconsole.demo.launch.ports import HOST, PortRefusedError, free_port, port_number, refuse_taken_port
from tests.packaging.installation import processes_of
from tests.patience import PATIENCE, wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demo(port: object, folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tools.demo", "--port", str(port), "--folder", str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()  # and on Linux what it had started ends with it


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5", "", "٨٠٠٠"])
def test_a_port_that_is_no_port_is_refused_in_one_sentence(text):
    with pytest.raises(PortRefusedError, match="PORT must be a number from 1 to 65535"):
        port_number(text)


def test_a_taken_port_is_named_with_another_one_to_try():
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortRefusedError, match=rf"Port {port} is taken .* make demo PORT="):
            refuse_taken_port(port, another="make demo PORT={port}")
    refuse_taken_port(port, another="make demo PORT={port}")


def test_a_taken_port_stops_the_demo_before_anything_starts(tmp_path):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        with demo(other.getsockname()[1], tmp_path / "demo") as started:
            told, _ = started.communicate(timeout=PATIENCE)
    assert started.returncode == 1
    assert told.count("\n") == 1
    assert "is taken by another program" in told
    assert not (tmp_path / "demo").exists()


def test_the_demo_never_sees_credentials_or_settings_of_the_person_who_starts_it(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("KEYCONSOLE_DATABASE_URL", "postgres://production/")
    environment = demo_environment(tmp_path / "demo.sqlite3", "http://127.0.0.1:1")
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert "production" not in " ".join(environment.values())
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("wanted", ["web.log", "story.log"])
def test_nothing_outlives_a_demo_that_is_ended_half_way(tmp_path, number, wanted):
    if number == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells children of a parent that was killed")
    folder = tmp_path / "demo"
    with demo(free_port(), folder) as started:
        wait_until(
            lambda: (folder / wanted).exists() or started.poll() is not None, what="the demo is half-way"
        )
        assert started.poll() is None
        started.send_signal(number)
        started.communicate(timeout=PATIENCE)
    wait_until(lambda: not processes_of(folder), what="nothing of it is left")
    assert started.returncode == (0 if number != signal.SIGKILL else -signal.SIGKILL)


def test_a_missing_python_gets_one_sentence():
    told = subprocess.run(
        ["make", "need-python", "PYTHON="], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert told.stderr.startswith("KeyConsole needs Python 3.11 or newer")
