"""A provider for every test here that names one."""

from __future__ import annotations

from tests.sso.providers import _nothing_remembered, provider

__all__ = ["_nothing_remembered", "provider"]
