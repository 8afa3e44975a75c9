"""Policies that hold and no longer can be met, since people left or accounts changed their names."""

from __future__ import annotations

from keyconsole.policies.fitting import misfits
from keyconsole.policies.governing import active_rules
from keyconsole.policies.models import PolicyVersion
from keyconsole.policies.roster import Roster


def unsatisfiable() -> list[tuple[PolicyVersion, str]]:
    roster = Roster.read()
    return [
        (version, sentence) for version, rules in active_rules() for sentence in misfits(rules, roster=roster)
    ]
