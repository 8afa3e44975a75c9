"""Policies that hold and no longer can be met, since people left."""

from __future__ import annotations

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.governing.resolve import active_rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.quorum.roster import Roster
from keyconsole.policies.versions.feasibility import misfits


def unsatisfiable() -> list[tuple[PolicyVersion, str]]:
    roster, accounts = Roster.read(), list(AwsAccount.objects.all())
    return [
        (version, sentence)
        for version, rules in active_rules()
        for sentence in misfits(rules, roster=roster, accounts=accounts)
    ]
