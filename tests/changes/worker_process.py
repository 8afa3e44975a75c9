"""A real worker process for the tests of crashes and races, which may kill itself at a named step.

    python -m tests.changes.worker_process work [--die-at STEP]
    python -m tests.changes.worker_process execute CR-1

SIGKILL to itself: nothing of the process gets to tidy up, as in a power cut.
"""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

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


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(_function: Callable[..., Any]) -> Callable[..., Any]:
    return die


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def then_die(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        die()

    return then_die


def prepare_death(step: str) -> None:
    from keyconsole.changes.execution import call, execute, settle

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
    module, name, when = places[step]
    setattr(module, name, when(getattr(module, name)))


def shorten_waits() -> None:
    from keyconsole.changes.approvals import deadlines
    from keyconsole.changes.batches import advance
    from keyconsole.changes.execution import execute, settle, step
    from keyconsole.worker.management.commands import worker as command

    for module in (execute, settle, step, advance):
        setattr(module, "LEASE", timedelta(seconds=1.5))  # noqa: B010 - some import it from another
    for module in (deadlines, advance):
        setattr(module, "CHECK_EVERY", timedelta(seconds=0.5))  # noqa: B010 - two of the same name
    settle.CALL_LASTS_AT_MOST = timedelta(seconds=2)
    command.LAST_STEPS_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["work", "execute"])
    parser.add_argument("ref", nargs="?")
    parser.add_argument("--die-at", choices=STEPS)
    chosen = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from keyconsole.changes.execution.step import step
    from keyconsole.changes.models import Change

    shorten_waits()
    if chosen.die_at:
        prepare_death(chosen.die_at)
    if chosen.what == "work":
        # One that dies at a step carries one change at a time: no other thread is then between two steps.
        call_command("worker", threads=1 if chosen.die_at else 8, interval=0.05, sweep_every=0.2)
    else:
        print("ready", flush=True)  # noqa: T201 - the test waits for all of them
        input()
        change = Change.objects.select_related("key__account").get(number=int(chosen.ref.removeprefix("CR-")))
        step(change, clock=timezone.now)


if __name__ == "__main__":
    main()
