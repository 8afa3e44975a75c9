"""The page for load balancers."""

from __future__ import annotations

from unittest.mock import patch

from django.db import OperationalError
from django.test import Client


def test_healthy_says_ok_to_anyone(db: None, anonymous: Client) -> None:
    response = anonymous.get("/healthy/")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_healthy_says_when_the_database_is_away(db: None, anonymous: Client) -> None:
    with patch("keyconsole.web.health.connection.cursor", side_effect=OperationalError("gone")):
        response = anonymous.get("/healthy/")
    assert response.status_code == 503
    assert b"gone" not in response.content


def test_healthy_takes_no_posts(anonymous: Client) -> None:
    assert anonymous.post("/healthy/").status_code == 405
