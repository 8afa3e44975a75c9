"""Keeps what a look at a change's Regions showed: for the change's own page and for the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from keyconsole.changes.execution.observe import Seen, enter_for, known_regions_of, observe
from keyconsole.changes.models import Change, Observation
from keyconsole.inventory.models import MultiRegionKey, Sight
from keyconsole.inventory.store.store_one import store_observation
from keyconsole.kms.errors import KmsError
from keyconsole.lease import refuse_without_lease
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def change_regions(change: Change) -> list[str]:
    """The Regions of the plan first, then the others of the set."""
    return known_regions_of(change.key, first=change.regions)


def observe_now(key: MultiRegionKey, *, now: datetime) -> None:
    """Look at a key in every Region it was known in, and keep it; raises Refused where its account is closed.

    For the command line, which may talk to AWS; a page never does.
    """
    try:
        with enter_for(key.account, name="look") as session:
            seen = observe(key, session, regions=known_regions_of(key))
    except KmsError as error:
        raise Refused(Reason(Code.ACCOUNT_UNREACHABLE, str(error))) from None
    with transaction.atomic():
        for one in seen:
            store_observation(key, one.region, facts=one.facts, sight=one.sight, now=now)
    key.refresh_from_db()


def store_round(change: Change, seen: Sequence[Seen], *, now: datetime) -> None:
    """One row a Region. The round counts up with each look, from 0 for the look before the call.

    Raises Lost, with nothing stored, where this worker does not hold the change any more.
    """
    with transaction.atomic():
        refuse_without_lease(change)
        Observation.objects.bulk_create(
            [
                Observation(
                    change=change,
                    round=change.rounds_taken,
                    region=one.region,
                    looked_at=now,
                    role=one.role,
                    state=one.state,
                    names_primary=one.names_primary,
                    problem=one.problem,
                    sight=one.sight,
                )
                for one in seen
            ]
        )
        for one in seen:
            if one.sight != Sight.UNLOOKED:
                store_observation(change.key, one.region, facts=one.facts, sight=one.sight, now=now)
        Change.objects.filter(pk=change.pk).update(
            rounds_taken=F("rounds_taken") + 1, version=F("version") + 1
        )
    change.rounds_taken += 1
