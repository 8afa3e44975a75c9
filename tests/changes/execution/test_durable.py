"""A power cut must not lose that a call was about to be sent: the Attempt is on disk before the call leaves.

Shown by the system calls of a real process on the product's own settings. Where nobody may trace, what its
connection answers still has to hold.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.changes.conftest import PRIMARY, REPLICA, moves_sent

TRACED = "trace=pwrite64,fdatasync,fsync,sendto,sendmsg,write,writev"
FULL, NORMAL = 2, 1
A_SYNC = re.compile(r"\b(fdatasync|fsync)\(\d+<[^>]*-wal>\) += 0|<\.\.\. (fdatasync|fsync) resumed>.*= 0")
WRITES_THE_LOG = re.compile(r"\bpwrite64\(\d+<[^>]*-wal>")


@pytest.fixture
def key_id(kms):
    return kms.seed_set("111122223333", primary=PRIMARY, replicas=(REPLICA,))


def one_move(step, kms, key_id, folder, *, before=(), **environment):
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("KEYCONSOLE_", "COV_"))}
    return subprocess.run(
        [*before, sys.executable, "-m", "tests.changes.one_move", step, kms.url, key_id],
        cwd=ROOT,
        env={
            **ours,
            "DJANGO_SETTINGS_MODULE": "keyconsole.settings",
            "KEYCONSOLE_SECRET_KEY": "x" * 50,
            "KEYCONSOLE_DATABASE_URL": f"sqlite:///{folder / 'k.sqlite3'}",
            "KEYCONSOLE_DEMO": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )


def tracing_is_allowed() -> bool:
    strace = shutil.which("strace")
    if strace is None:
        return False
    return (
        subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True).returncode == 0
    )


def system_calls_of_a_move(kms, key_id, folder: Path, **environment: str) -> list[str]:
    one_move("ask", kms, key_id, folder, **environment)
    told = folder / "calls.txt"
    tracer = ["strace", "-f", "-y", "-qq", "-s", "1000", "-e", TRACED, "-o", str(told)]
    one_move("carry", kms, key_id, folder, before=tracer, **environment)
    return told.read_text(errors="replace").splitlines()


def last_write_before_the_call(calls: list[str]) -> tuple[int, int]:
    """Where in the trace the log of the database was last written before the call left, and where it left."""
    [left] = [at for at, line in enumerate(calls) if "TrentService.UpdatePrimaryRegion" in line]
    looks = [at for at, line in enumerate(calls[:left]) if "TrentService.DescribeKey" in line]
    writes = [at for at, line in enumerate(calls[:left]) if WRITES_THE_LOG.search(line)]
    assert writes[-1] > looks[-1], "nothing was written between the look before the call and the call"
    return writes[-1], left


def is_synced(calls: list[str]) -> bool:
    written, left = last_write_before_the_call(calls)
    return any(A_SYNC.search(line) for line in calls[written + 1 : left])


needs_tracing = pytest.mark.skipif(
    not tracing_is_allowed(), reason="strace is not installed here, or tracing a process is not allowed"
)


@needs_tracing
@pytest.mark.parametrize(("lax", "synced"), [("", True), ("1", False)])
def test_the_attempt_is_on_disk_before_the_call_leaves_and_would_not_be_with_less(
    kms, key_id, tmp_path, lax, synced
):
    calls = system_calls_of_a_move(kms, key_id, tmp_path, LAX=lax)
    assert is_synced(calls) is synced
    assert moves_sent(kms) == 1


@pytest.mark.parametrize(("lax", "answered"), [("", FULL), ("1", NORMAL)])
def test_the_connection_that_commits_an_attempt_syncs_each_commit(kms, key_id, tmp_path, lax, answered):
    one_move("ask", kms, key_id, tmp_path)
    carried = one_move("carry", kms, key_id, tmp_path, LAX=lax)
    assert int(carried.stdout) == answered
    assert moves_sent(kms) == 1
