"""May these keys be asked for together? The checks of a single request, for many keys with few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from keyconsole.aws_accounts.permissions import accounts_where
from keyconsole.aws_accounts.roles import Permission
from keyconsole.changes.authorization import (
    about_the_approvers,
    about_the_key,
    about_the_move,
    about_the_policy,
)
from keyconsole.changes.models import Change, KindName
from keyconsole.changes.present_rules import about_the_words
from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.governing.resolve import governing_for_many
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusals import Reason


@dataclass(frozen=True, slots=True)
class Line:
    """One key of a request, and where its primary shall be."""

    key: MultiRegionKey
    to_region: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, the rules that govern it, and why it cannot be asked for: empty where it can."""

    line: Line
    governing: Governing[PolicyVersion]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What all lines share, read once."""

    governing: dict[int, Governing[PolicyVersion]]
    roster: Roster
    may_ask: set[int]  # accounts
    under_way: dict[int, str]  # by key


def read_lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Each key once, read again with its account and its Regions."""
    wanted = {line.key.pk: line.to_region for line in lines}
    keys = (
        MultiRegionKey.objects.select_related("account").prefetch_related("region_keys").in_bulk(list(wanted))
    )
    return tuple(Line(keys[pk], to_region) for pk, to_region in wanted.items() if pk in keys)


def judged_lines(
    person: User,
    lines: Sequence[Line],
    *,
    now: datetime,
    reason: str | None = None,
    ticket: str = "",
    kind: KindName = KindName.UPDATE_PRIMARY_REGION,
) -> list[Judged]:
    """A fixed number of queries for each Region that primaries go to. Words count if given."""
    known = _read(person, lines)
    judged = []
    for line in lines:
        reasons = _reasons(person, line, known, kind=kind, now=now)
        if reason is not None:
            reasons += about_the_words(reason, ticket, known.governing[line.key.pk].rules)
        judged.append(Judged(line, known.governing[line.key.pk], reasons))
    return judged


def _read(person: User, lines: Sequence[Line]) -> _Known:
    keys = [line.key.pk for line in lines]
    open_changes = Change.objects.open().filter(key__in=keys).only("number", "key")
    return _Known(
        governing=_governing(lines),
        roster=Roster.read(),
        may_ask=set(accounts_where(person, Permission.REQUEST).values_list("pk", flat=True)),
        under_way={change.key_id: change.ref for change in open_changes},
    )


def _governing(lines: Iterable[Line]) -> dict[int, Governing[PolicyVersion]]:
    by_region: dict[str, list[MultiRegionKey]] = defaultdict(list)
    for line in lines:
        by_region[line.to_region].append(line.key)
    found: dict[int, Governing[PolicyVersion]] = {}
    for to_region, keys in by_region.items():
        found |= governing_for_many(keys, to_region=to_region)
    return found


def _reasons(person: User, line: Line, known: _Known, *, kind: KindName, now: datetime) -> tuple[Reason, ...]:
    key, governing = line.key, known.governing[line.key.pk]
    return (
        *about_the_key(
            key,
            may_ask=key.account_id in known.may_ask,
            under_way=known.under_way.get(key.pk, ""),
            kind=kind,
        ),
        *about_the_move(key, line.to_region, now, kind),
        *about_the_policy(governing, line.to_region),
        *about_the_approvers(person, key, governing, known.roster),
    )
