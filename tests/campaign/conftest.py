"""The sandbox and the credentials of the tests of changes."""

from __future__ import annotations

from tests.changes.conftest import _credentials, aws, clock, kms

__all__ = ["_credentials", "aws", "clock", "kms"]
