"""The lines of a batch as somebody reads them who agrees: by account and move, every key by name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.models import Change


@dataclass(frozen=True, slots=True)
class MovesOfAnAccount:
    """Lines of one account that all go from the same Region to the same."""

    account: AwsAccount
    from_region: str
    to_region: str
    lines: Sequence[Change]


def moves_by_account(lines: Iterable[Change]) -> list[MovesOfAnAccount]:
    def move(line: Change) -> tuple[str, str, str, str]:
        account = line.key.account
        return (account.name, account.account_id, line.from_region, line.to_region)

    ordered = sorted(lines, key=lambda line: (move(line), line.key.name))
    found = []
    for (_, _, from_region, to_region), group in groupby(ordered, key=move):
        members = list(group)
        found.append(MovesOfAnAccount(members[0].key.account, from_region, to_region, members))
    return found
