"""Policies that hold and no longer can be met, since people left."""

from __future__ import annotations

from collections.abc import Sequence

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.feasibility import misfits, numbers_of


def unsatisfiable(*, judging: Sequence[AwsAccount] | None = None) -> list[tuple[PolicyVersion, str]]:
    """`judging`: only whether they can be met in these accounts."""
    roster, everywhere = Roster.read(), list(AwsAccount.objects.all())
    accounts = everywhere if judging is None else judging
    return [
        (version, sentence)
        for version, rules in active_rules()
        for sentence in misfits(rules, roster=roster, accounts=accounts, known=numbers_of(everywhere))
    ]
