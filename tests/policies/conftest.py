"""Approver groups for the cast: Ben in platform, Bea in security."""

from __future__ import annotations

import pytest

from keyconsole.policies.groups import join
from tests.cast import NOW, Cast


@pytest.fixture
def groups(cast: Cast) -> None:
    join(cast.ben, "platform", by="ada", now=NOW)
    join(cast.bea, "security", by="ada", now=NOW)
