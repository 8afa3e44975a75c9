"""Keeping where accounts stand in their organisation, as an account that may ask has read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from keyconsole.audit import log
from keyconsole.audit.events import Event
from keyconsole.audit.log import ITSELF
from keyconsole.aws_accounts.models import AwsAccount


def store_units(units: Mapping[str, str], *, reader: AwsAccount, now: datetime) -> None:
    """`units`: of every account of the reader's organisation. One that is no longer among them is unknown."""
    with transaction.atomic():
        # Lowest first, as everybody who locks several.
        for account in AwsAccount.objects.select_for_update().order_by("pk"):
            ours = account.account_id in units or account.unit_read_by == reader.account_id
            if ours and account.known_unit != units.get(account.account_id):
                _store(account, units.get(account.account_id), reader=reader, now=now)
        seen = AwsAccount.objects.filter(account_id__in=units)
        seen.update(unit_read_at=now, unit_read_by=reader.account_id)
        problem = {"organization_read_at": now, "organization_problem": ""}
        AwsAccount.objects.filter(pk=reader.pk).update(**problem)


def store_unread(problem: str, *, reader: AwsAccount) -> None:
    """What was read before stays, as of when it was read."""
    AwsAccount.objects.filter(pk=reader.pk).update(organization_problem=problem)


def _store(account: AwsAccount, unit: str | None, *, reader: AwsAccount, now: datetime) -> None:
    before = account.known_unit
    account.unit, account.unit_read_at = unit or "", now if unit is not None else None
    account.unit_read_by = reader.account_id if unit is not None else ""
    account.save(update_fields=["unit", "unit_read_at", "unit_read_by"])
    log.record(
        Event.ACCOUNT_UNIT_READ,
        actor=ITSELF,
        subject=account.account_id,
        account_id=account.account_id,
        now=now,
        data={"from": _word(before), "to": _word(unit), "read_in": reader.account_id},
    )


def _word(unit: str | None) -> str:
    return "unknown" if unit is None else unit or "in no unit"
