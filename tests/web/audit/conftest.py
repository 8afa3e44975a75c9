"""A key whose primary moved out of band, for the pages about the past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keyconsole.inventory.models import Cause, MultiRegionKey
from tests.cast import Cast, Member, make_key

SEEN_UNTIL = datetime(2026, 5, 2, 8, tzinfo=UTC)
FOUND_MOVED = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def moved(cast: Cast) -> MultiRegionKey:
    """Out of band, between the looks of 2 May and 4 May."""
    key = make_key(cast.payments, "mrk-moved", Member("eu-west-1"), Member("us-east-1"), alias="alias/moved")
    key.primary_periods.all().delete()
    key.primary_periods.create(
        region="us-east-1",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        ended_at=FOUND_MOVED,
        confirmed_at=SEEN_UNTIL,
        cause=Cause.FIRST_SEEN,
    )
    key.primary_periods.create(
        region="eu-west-1",
        started_at=FOUND_MOVED,
        not_before=SEEN_UNTIL,
        confirmed_at=FOUND_MOVED,
        cause=Cause.OUT_OF_BAND,
    )
    return key
