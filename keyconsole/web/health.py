"""For load balancers and monitoring: no sign-in, and no facts beyond what works and what does not.

`/healthy/`: this process answers and its database takes writes. `/ready/`: also, the database is migrated and
a worker is alive, so that what people approve will run.
"""

from __future__ import annotations

from http import HTTPStatus

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from keyconsole.web.guards import open_to_anyone
from keyconsole.worker import heartbeat
from keyconsole.worker.models import WriteProbe


@open_to_anyone
@never_cache
@require_safe
def healthy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return _says([_database_problem()])


@open_to_anyone
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    problem = _database_problem()
    return _says([problem] if problem else [_migrations_problem(), _worker_problem()])


def _database_problem() -> str:
    """A disk that is full is found by writing, and only by writing. A worker that lives has just done so."""
    try:
        if not heartbeat.pulse(now=timezone.now()).somebody_works:
            with transaction.atomic():
                WriteProbe.objects.update_or_create(pk=1, defaults={"written_at": timezone.now()})
    except DatabaseError:
        return "database unreachable or not writable"
    return ""


def _migrations_problem() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "migrations missing" if missing else ""


def _worker_problem() -> str:
    return "" if heartbeat.pulse(now=timezone.now()).somebody_works else "no worker: nothing runs"


def _says(problems: list[str]) -> HttpResponse:
    found = [problem for problem in problems if problem]
    status = HTTPStatus.SERVICE_UNAVAILABLE if found else HTTPStatus.OK
    text = "".join(f"{line}\n" for line in found or ["ok"])
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
