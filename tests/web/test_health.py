"""The pages for load balancers and monitoring: what works, what does not, and no facts beyond that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from keyconsole.settings import DATABASES
from keyconsole.worker import heartbeat
from keyconsole.worker.models import Worker, WriteProbe

pytestmark = pytest.mark.every_database


def test_healthy_says_ok_to_anyone(db: None, anonymous: Client) -> None:
    response = anonymous.get("/healthy/")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.parametrize("path", ["/healthy/", "/ready/"])
def test_it_says_when_the_database_is_away(db: None, anonymous: Client, path: str) -> None:
    with patch("keyconsole.web.health.heartbeat.pulse", side_effect=OperationalError("gone")):
        response = anonymous.get(path)
    assert response.status_code == 503
    assert response.content == b"database unreachable or not writable\n"


@pytest.mark.parametrize("path", ["/healthy/", "/ready/"])
def test_a_full_disk_is_found_although_reading_still_works(db: None, anonymous: Client, path: str) -> None:
    def full_disk(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full_disk):
        assert anonymous.get(path).status_code == 503


def test_while_a_worker_writes_nothing_else_is_written(db: None, anonymous: Client) -> None:
    heartbeat.beat(now=timezone.now())
    assert anonymous.get("/healthy/").status_code == 200
    assert not WriteProbe.objects.exists()


def test_ready_needs_a_worker_that_lives(db: None, anonymous: Client) -> None:
    response = anonymous.get("/ready/")
    assert (response.status_code, response.content) == (503, b"no worker: nothing runs\n")
    heartbeat.beat(now=timezone.now())
    assert anonymous.get("/ready/").content == b"ok\n"
    Worker.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert anonymous.get("/ready/").status_code == 503


def test_ready_needs_every_migration(db: None, anonymous: Client) -> None:
    heartbeat.beat(now=timezone.now())
    with patch("keyconsole.web.health.MigrationExecutor.migration_plan", return_value=["one"]):
        response = anonymous.get("/ready/")
    assert (response.status_code, response.content) == (503, b"migrations missing\n")


@pytest.mark.parametrize("path", ["/healthy/", "/ready/"])
def test_it_takes_no_posts(anonymous: Client, path: str) -> None:
    assert anonymous.post(path).status_code == 405


def test_sqlite_has_what_was_committed_on_the_disk() -> None:
    """Write-ahead logging syncs no commit by itself: after a power cut an Attempt could be gone."""
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        assert "synchronous=FULL" in DATABASES["default"]["OPTIONS"]["init_command"]
    else:
        assert connection.vendor == "postgresql"
