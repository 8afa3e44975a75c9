"""The part of a batch that a person sees: its lines, its plan, and the hash by which they agree to it.

Who sees every line agrees to the batch's own plan, by its hash. Who does not agrees to a plan of their lines
alone: what they cannot read they do not approve, and its names are never shown to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.plan.plan import plan_sha256


@dataclass(frozen=True, slots=True)
class Part:
    """`plan` holds the lines that are seen and nothing of the others, not even how many they are."""

    lines: tuple[Change, ...]
    plan: dict[str, Any]
    plan_sha256: str
    is_whole: bool


def part_seen_by(person: User, batch: Batch) -> Part:
    visible = batch.changes.visible_in(accounts_where(person, Permission.VIEW))
    return part_with(batch, visible.select_related("key__account").order_by("number"))


def part_with(batch: Batch, lines: Iterable[Change]) -> Part:
    seen = tuple(lines)
    refs = {line.ref for line in seen}
    planned = [line for line in batch.plan["lines"] if line["change"] in refs]
    if len(planned) == len(batch.plan["lines"]):
        return Part(seen, batch.plan, batch.plan_sha256, is_whole=True)
    plan = {**batch.plan, "lines": planned}
    return Part(seen, plan, plan_sha256(plan), is_whole=False)
