"""The story: asked over HTTP with the plain clients of the sandbox's own tests, or told to the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from keyconsole.demo.history import tell_story
from tests.sandbox.conftest import client, kms

__all__ = ["client", "kms"]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Once for a whole file, whose tests only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        tell_story(endpoint_url="http://127.0.0.1:18649", now=timezone.now())
        yield
        transaction.set_rollback(True)
