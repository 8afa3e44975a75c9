from __future__ import annotations

import pytest

from keyconsole.changes.execution.progress import progress
from keyconsole.changes.models import Change
from tests.changes.conftest import PRIMARY, REPLICA, THIRD, look_again, run

pytestmark = pytest.mark.django_db


def test_before_anybody_looked_it_shows_the_plan_and_no_now(ask):
    shown = progress(ask())
    assert [(side.region, side.role_before, side.role_now, side.role_after) for side in shown.sides] == [
        (PRIMARY, "PRIMARY", "", "REPLICA"),
        (REPLICA, "REPLICA", "", "PRIMARY"),
    ]
    assert {(side.state_now, side.last_look_at, side.sight) for side in shown.sides} == {
        ("", None, "unlooked")
    }
    assert not shown.moving


@pytest.mark.parametrize("picture", ["swapped", "two-replicas"])
def test_while_updating_it_says_so_in_awss_word_and_that_encryption_goes_on(ask, clock, kms, picture):
    kms.settle_seconds(60)
    kms.picture(picture)
    shown = progress(run(ask(), clock))
    assert shown.moving
    assert "Updating" in shown.headline
    assert "Encryption and decryption go on" in shown.headline
    assert [side.updating for side in shown.sides] == [True, True]
    assert shown.next_look_at


def test_when_done_the_roles_have_swapped_and_the_third_region_is_shown(ask, clock):
    shown = progress(run(ask(), clock))
    assert [side.role_now for side in shown.sides] == ["REPLICA", "PRIMARY"]
    assert [side.region for side in shown.others] == [THIRD]
    assert (shown.moving, shown.next_look_at) == (False, None)


def test_a_region_that_cannot_be_read_is_unknown_with_its_reason(ask, clock, kms):
    kms.settle_seconds(60)
    change = run(ask(), clock)
    kms.fault("deny", operation="DescribeKey", region=REPLICA)
    shown = progress(look_again(change, clock, after=2))
    assert shown.sides[1].role_now == ""
    assert "denied" in shown.sides[1].problem
    assert shown.sides[1].sight == "denied"


def test_overdue_is_said_while_it_is_still_watched(ask, clock, kms):
    kms.fault("never-settle")
    change = look_again(run(ask(), clock), clock, after=901)
    assert progress(change).overdue
    assert Change.objects.get(pk=change.pk).state == "settling"
