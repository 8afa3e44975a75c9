"""What the log says that a step is about."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.inventory.models import Scan
from keyconsole.worker.facts import facts_of
from keyconsole.worker.lanes import lanes
from tests.cast import Inventory
from tests.web.stories import ask

pytestmark = pytest.mark.django_db


def test_a_change_is_named_by_its_reference_and_account(
    inventory: Inventory, cast, django_assert_num_queries: DjangoAssertNumQueries
):
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    [lane] = [lane for lane in lanes(threads=1, clock=timezone.now) if lane.name == "changes"]
    loaded = lane.rows().get()
    with django_assert_num_queries(0):
        assert facts_of(loaded) == {"change": change.ref, "account": "111122223333"}


def test_a_scan_and_an_account_are_named_by_the_accounts_number(cast, inventory: Inventory):
    scan = Scan.objects.create(account=cast.payments, asked_by="ana", asked_at=timezone.now())
    assert facts_of(scan) == {"scan": scan.pk, "account": "111122223333"}
    assert facts_of(cast.payments) == {"account": "111122223333"}


def test_every_row_of_every_lane_has_a_name():
    named = set(facts_of.__code__.co_names)
    assert {lane.rows().model.__name__ for lane in lanes(threads=1, clock=timezone.now)} <= named
