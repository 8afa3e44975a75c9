"""What a real worker process does in the tests of crashes and races, which may kill itself at a named step.

SIGKILL to itself: nothing of the process gets to tidy up, as in a power cut.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from keyconsole.changes.approvals import deadlines
from keyconsole.changes.batches import advance
from keyconsole.changes.execution import call, execute, looks, settle, step
from keyconsole.changes.models import Change
from keyconsole.worker.management.commands import worker as command

STEPS = (
    "before-claim",
    "after-claim",
    "before-look",
    "after-look",
    "before-attempt",
    "after-attempt",
    "while-calling",
    "before-answer-is-kept",
    "after-answer-is-kept",
    "after-settling-began",
    "settle-before-look",
    "settle-after-look",
    "settle-before-conclusion",
)


def work(_words: Connection, die_at: str) -> None:
    """`manage.py worker`, until it is told to end or dies at that step."""
    shorten_waits()
    if die_at:
        # Whoever comes after need not wait; a worker that lives keeps the lease that it has in production.
        shorten_leases()
        prepare_death(die_at)
    # One that dies at a step carries one change at a time: no other thread is then between two steps.
    call_command("worker", threads=1 if die_at else 8, interval=0.2, sweep_every=1.0)


def step_once(words: Connection, ref: str) -> None:
    """One step of a change, when the test says so."""
    words.send("ready")
    words.recv()
    change = Change.objects.select_related("key__account").get(number=int(ref.removeprefix("CR-")))
    step.step(change, clock=timezone.now)


def shorten_waits() -> None:
    for module in (deadlines, advance):
        setattr(module, "CHECK_EVERY", timedelta(seconds=0.5))  # noqa: B010 - two of the same name
    settings.KEYCONSOLE_SETTLE_DEADLINE_SECONDS = 10
    settings.KEYCONSOLE_DATA_DIR = Path(tempfile.gettempdir())
    settings.KEYCONSOLE_LOST_ANSWER_SECONDS = 8
    for module in (looks, advance):
        setattr(module, "CALL_LASTS_AT_MOST", timedelta(seconds=2))  # noqa: B010 - some import it from another
    command.LAST_STEPS_SECONDS = 1.0


def shorten_leases() -> None:
    for module in (execute, settle, step, advance):
        setattr(module, "LEASE", timedelta(seconds=1.5))  # noqa: B010 - some import it from another


def prepare_death(at: str) -> None:
    places = {
        "before-claim": (execute, "_claim", before),
        "after-claim": (execute, "_claim", after),
        "before-look": (execute, "observe", before),
        "after-look": (execute, "store_round", after),
        "before-attempt": (execute, "_commit_attempt", before),
        "after-attempt": (execute, "_commit_attempt", after),
        "while-calling": (execute, "send", after),
        "before-answer-is-kept": (execute, "record_answer", before),
        "after-answer-is-kept": (call, "_go_on", before),
        "after-settling-began": (settle, "begin", after),
        "settle-before-look": (settle, "observe", before),
        "settle-after-look": (settle, "store_round", after),
        "settle-before-conclusion": (settle, "_conclude", before),
    }
    module, name, when = places[at]
    setattr(module, name, when(getattr(module, name)))


def before(_function: Callable[..., Any]) -> Callable[..., Any]:
    return die


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def then_die(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        die()

    return then_die


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
