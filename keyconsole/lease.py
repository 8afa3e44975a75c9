"""A row that is its own place in the queue: when it is due, and who holds it while working on it.

Nobody enqueues anything. Whoever wants a row looked at sets `due_at`; a worker takes a row that is due by
compare-and-set and holds it under a token. While it is held, `due_at` is the end of the lease: the row of a
worker that died comes due again by itself. Whoever has lost the lease finds out at the next write, since
each is filtered on the token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from django.db import connection, models, transaction

from keyconsole.refusals import Lost


class Leased(models.Model):
    due_at = models.DateTimeField(null=True, blank=True)  # empty: nothing will happen to it by itself
    lease = models.CharField(max_length=32, blank=True, default="")  # the token of who holds it

    # The token under which this very object holds the row. A row read while another holds it holds nothing.
    held = ""

    class Meta:
        abstract = True

    @classmethod
    def rows(cls) -> models.QuerySet[Self]:
        return cls._default_manager.all()


def due_index(name: str) -> models.Index:
    """For the one query of an idle worker: closed rows, which are most of them, are not in it."""
    return models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name=name)


def take_idle(row: Leased, *, now: datetime, lasts: timedelta) -> bool:
    """Hold a row that nobody works on, due or not; False where somebody does, or was first."""
    idle = _as_read(row).filter(models.Q(lease="") | models.Q(due_at__lte=now))
    with transaction.atomic():
        return _hold(row, idle, until=now + lasts)


def take(row: Leased, *, now: datetime, lasts: timedelta, **fields: Any) -> bool:
    """Hold a row that is due until `now + lasts`; False where it is not due any more or a rival was first.

    `fields` are set with it. A row that this object holds already stays held. PostgreSQL steps over a row
    that somebody writes at this moment; SQLite's IMMEDIATE transaction has waited for them.
    """
    if row.held:
        return True
    with transaction.atomic():
        seen = _as_read(row).filter(due_at__lte=now)
        if connection.vendor == "postgresql":
            free = (
                seen.select_for_update(skip_locked=True, of=("self",)).order_by().values_list("pk", flat=True)
            )
            if not list(free):
                return False
        return _hold(row, seen, until=now + lasts, **fields)


def renew(row: Leased, *, now: datetime, lasts: timedelta) -> None:
    """Hold it for `lasts` from now on; raises Lost where somebody else has taken it."""
    until = now + lasts
    if _mine(row).update(due_at=until) != 1:
        raise Lost(str(row))
    row.due_at = until


def refuse_without_lease(row: Leased) -> None:
    """Be the one who writes about it in this transaction; raises Lost where somebody else has taken it."""
    if not row.held or _mine(row).update(lease=row.held) != 1:
        raise Lost(str(row))


def give_back(row: Leased, *, due_at: datetime | None) -> None:
    """Let go of it until `due_at`. Where somebody wants it sooner, or has taken it, theirs holds."""
    if not row.held:
        return
    if not _mine(row).filter(due_at=row.due_at).update(lease="", due_at=due_at):
        _mine(row).update(lease="")
    row.held = row.lease = ""
    row.due_at = due_at


def _as_read(row: Leased) -> models.QuerySet[Leased]:
    """The row, unless somebody has taken it or given it back since."""
    return type(row).rows().filter(pk=row.pk, due_at=row.due_at, lease=row.lease)


def _hold(row: Leased, rows: models.QuerySet[Leased], *, until: datetime, **fields: Any) -> bool:
    """The object is then as the row is: who held it before may have written to it since it was read."""
    token = uuid4().hex
    if rows.update(lease=token, due_at=until, **fields) != 1:
        return False
    own = [field.attname for field in row._meta.concrete_fields if not field.is_relation]  # noqa: SLF001
    row.refresh_from_db(fields=own)
    row.held = token
    return True


def _mine(row: Leased) -> models.QuerySet[Leased]:
    return type(row).rows().filter(pk=row.pk, lease=row.held)
