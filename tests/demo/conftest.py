"""The story is asked over HTTP with the plain clients of the sandbox's own tests."""

from __future__ import annotations

from tests.sandbox.conftest import client, kms

__all__ = ["client", "kms"]
