"""The sandbox and the key of the changes' own tests, for workers that carry them."""

from __future__ import annotations

from tests.changes.conftest import _credentials, ask, aws, clock, key, kms

__all__ = ["_credentials", "ask", "aws", "clock", "key", "kms"]
