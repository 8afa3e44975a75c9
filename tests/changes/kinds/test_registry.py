"""Each kind that the database may hold has its package, and nothing else gets into the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from keyconsole.changes.kinds.registry import KINDS, kind_of
from keyconsole.changes.kinds.update_primary_region.kind import UpdatePrimaryRegion
from keyconsole.changes.models import Change, KindName
from keyconsole.changes.requests.request import request_move
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(inventory, cast):
    return request_move(
        inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason="Nearer.", token="t-1", now=NOW
    )


def test_every_name_of_a_kind_has_its_kind():
    assert set(KINDS) == set(KindName)
    assert all(kind.name is name for name, kind in KINDS.items())


def test_a_change_that_names_no_kind_moves_a_primary(change):
    assert change.kind == "update-primary-region"
    assert isinstance(kind_of(change), UpdatePrimaryRegion)


def test_the_database_takes_no_kind_that_nobody_knows(change):
    with pytest.raises(IntegrityError, match="change_known_kind"), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(kind="delete-everything")
