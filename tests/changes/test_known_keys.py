"""What tests write as known is what a look at such a key leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import model_to_dict

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.execution.observe import enter_for, observe
from keyconsole.inventory.models import Cause, MultiRegionKey
from keyconsole.inventory.periods import record_primary
from keyconsole.inventory.store.store_one import store_observation
from keyconsole.sandbox.server import Sandbox
from tests.cast import Cast
from tests.changes.conftest import PRIMARY, REPLICA, known_key, point_at

pytestmark = pytest.mark.django_db
REGIONS = (PRIMARY, REPLICA)
# The sandbox made the key a moment before it was looked at.
MADE = "created_at"


def looked_at(account: AwsAccount, like: MultiRegionKey) -> MultiRegionKey:
    """The same key as if nothing of it had been known: found, looked at in each Region, and kept."""
    now, key_id = like.first_seen_at, like.key_id
    like.delete()
    key = MultiRegionKey.objects.create(
        account=account,
        key_id=key_id,
        primary_region=PRIMARY,
        alias=like.alias,
        first_seen_at=now,
        last_seen_at=now,
    )
    for region in REGIONS:
        key.region_keys.create(region=region)
    with enter_for(account, name="look") as session:
        for seen in observe(key, session, regions=REGIONS):
            store_observation(key, seen.region, facts=seen.facts, sight=seen.sight, now=now)
    record_primary(key, region=PRIMARY, at=now, cause=Cause.FIRST_SEEN)
    key.refresh_from_db()
    return key


def rows_of(key: MultiRegionKey) -> list[dict[str, Any]]:
    rows = [key, *key.region_keys.all(), *key.primary_periods.all()]
    own = {"id", "key", MADE}
    return [{name: value for name, value in model_to_dict(row).items() if name not in own} for row in rows]


def test_a_key_that_is_known_is_as_one_look_leaves_it(kms: Sandbox, cast: Cast) -> None:
    point_at(cast.payments, kms)
    key_id = kms.seed_set(cast.payments.account_id, primary=PRIMARY, replicas=(REPLICA,))
    known = known_key(cast.payments, key_id, regions=REGIONS)
    written = rows_of(known)
    assert len(written) == 4
    assert rows_of(looked_at(cast.payments, known)) == written
