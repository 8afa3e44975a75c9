"""Whom a request for many keys would ask: by policy and account, before anybody sends it. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.changes.batches.lines import Judged
from keyconsole.changes.quorum import quorum_if_asked
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.quorum.roster import Roster
from keyconsole.web.changes.approval_panel import shortened


@dataclass(frozen=True, slots=True)
class AskedOfMany:
    """Keys of one account under one policy; `needs` is empty where nobody else is asked."""

    policy: str
    account: str
    keys: int
    needs: Sequence[str]


def who_is_asked(judged: Iterable[Judged], *, requester: User) -> list[AskedOfMany]:
    alike: Counter[tuple[str, AwsAccount]] = Counter()
    rules: dict[str, Rules] = {}
    for each in judged:
        found = each.governing
        policy = str(found.version or "") or "the default"
        rules[policy] = found.rules
        alike[policy, each.line.key.account] += 1
    roster = Roster.read()
    return [
        AskedOfMany(policy, account.name, count, _needs(rules[policy], account, requester, roster))
        for (policy, account), count in alike.items()
    ]


def _needs(rules: Rules, account: AwsAccount, requester: User, roster: Roster) -> Sequence[str]:
    if not rules.needs_approval:
        return ()
    quorum = quorum_if_asked(rules, requester=requester.username, account=account, roster=roster)
    return [f"{line.words}: {', '.join(shortened(line.may_fill)) or 'nobody'}" for line in quorum.lines]
