"""Batches at the terminal: how they are named, confirmed and printed."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, OutputWrapper

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.batches.part import part_seen_by, part_with
from keyconsole.changes.cli.arguments import USAGE, add_who_asks
from keyconsole.changes.models import Batch, Change, OnFailure
from keyconsole.changes.states import State
from keyconsole.changes.told import told_of_batch
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.references import BATCH, number_typed
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Refused


def add_asking(parser: ArgumentParser) -> None:
    """The options that every command has which asks for a batch."""
    add_who_asks(parser)
    parser.add_argument(
        "--on-failure",
        choices=OnFailure.values,
        default=OnFailure.STOP.value,
        help="stop: what has not begun is cancelled (default); carry-on: the rest runs",
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")


def batch_called(text: str, *, seen_by: User | None = None) -> Batch:
    """For a person who acts, what they may not see is not there; the operator reads everything."""
    batches = Batch.objects.all()
    if seen_by:
        batches = batches.visible_in(accounts_where(seen_by, Permission.VIEW))
    batches = batches.select_related("requester", "puts_back")
    batch = batches.filter(number=number_typed(BATCH, text)).first()
    if batch is None:
        raise CommandError(
            f"There is no batch {text[:80]!r}. `manage.py batch list` shows them.", returncode=USAGE
        )
    return batch


def confirm(
    keys: Sequence[MultiRegionKey], what: str, options: dict[str, Any], *, told: OutputWrapper
) -> None:
    """Ask for the number of keys to be typed; raises Refused. `--force` skips this, never the checks."""
    if options["force"]:
        return
    for key in keys:
        told.write(f"{key.name} ({key.key_id}) in {key.account}: {what}")
    if not sys.stdin.isatty():
        raise CommandError("Nobody is there to ask: add --force.", returncode=USAGE)
    wanted = f"{len(keys)} key" if len(keys) == 1 else f"{len(keys)} keys"
    if input(f"Type {wanted} to ask for it: ").strip() != wanted:
        raise Refused(Reason(Code.NOT_CONFIRMED, "Not confirmed. Nothing was asked for."))


def print_batch(batch: Batch, *, as_json: bool, told: OutputWrapper, seen_by: User | None = None) -> None:
    """With the lines that the person may see who acts; the operator reads everything."""
    every_line = batch.changes.select_related("key__account").order_by("number")
    part = part_seen_by(seen_by, batch) if seen_by else part_with(batch, every_line)
    if as_json:
        facts = {
            "batch": batch.ref,
            "plan_sha256": part.plan_sha256,
            "on_failure": batch.on_failure,
            "stopped_why": batch.stopped_why,
            "ended_at": batch.ended_at.isoformat() if batch.ended_at else None,
            "puts_back": batch.puts_back.ref if batch.puts_back else None,
            "lines": [
                {**planned, "state": line.state}
                for planned, line in zip(part.plan["lines"], part.lines, strict=True)
            ],
        }
        told.write(json.dumps(facts, indent=2, sort_keys=True))
        return
    told.write(f"{batch.ref} by {batch.requester.username}. Plan {part.plan_sha256}")
    if batch.stopped_why:
        told.write(f"Stopped at {batch.stopped_at:%Y-%m-%d %H:%M} UTC. {batch.stopped_why}")
    for sentence in _who_was_told(batch, part.lines):
        told.write(sentence)
    for line in part.lines:
        told.write(
            f"{line.ref:<8} {line.state:<12} {line.key.name} ({line.key.account.name})  "
            f"{' -> '.join(line.regions)}  {line.outcome}".rstrip()
        )


def _who_was_told(batch: Batch, lines: Sequence[Change]) -> tuple[str, ...]:
    """While lines wait for people."""
    if all(line.state != State.PENDING for line in lines):
        return ()
    return told_of_batch(batch, account_ids={line.key.account.account_id for line in lines})
