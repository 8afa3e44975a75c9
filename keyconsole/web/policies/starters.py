"""What a new policy can begin with: the usual ones, filled in. Each is a draft, nothing holds by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from keyconsole.aws_accounts.regions import region_groups
from keyconsole.policies.document.parts import Rule, Runs, Selector, Window
from keyconsole.policies.document.rules import DEFAULT, Rules
from keyconsole.policies.quorum.requirements import Requirement
from keyconsole.text import listed

# Offered while a window is written; every zone of the tz database can be typed.
TIME_ZONES = (
    "UTC", "Africa/Johannesburg", "America/Bogota", "America/Chicago", "America/Los_Angeles",
    "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Dubai",
    "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Seoul", "Asia/Shanghai",
    "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Europe/Amsterdam", "Europe/Berlin",
    "Europe/Dublin", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm",
    "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland",
)  # fmt: skip
_WORK_DAYS = ("mon", "tue", "wed", "thu", "fri")
_TEAMS = ("platform", "security")


@dataclass(frozen=True, slots=True)
class Starter:
    slug: str
    title: str
    says: str
    rules: Rules
    lacks: str = ""  # what has to be there first


_BEFORE = (
    Starter(
        "one-approver",
        "One approver",
        "One of the account's approvers, at any time.",
        replace(DEFAULT, name="one-approver"),
    ),
    Starter(
        "four-eyes",
        "Four eyes with second factor",
        "The requester, and one approver who proves it by a passkey or a code.",
        replace(DEFAULT, name="four-eyes", second_factor=True, reason_at_least=20),
    ),
)
_AFTER = (
    Starter(
        "office-hours",
        "Office hours",
        "Monday to Friday, 09:00 to 17:00; one approver.",
        replace(DEFAULT, name="office-hours", windows=(Window(_WORK_DAYS, "09:00", "17:00", "UTC"),)),
    ),
    Starter(
        "stay-in-europe",
        "Stay in Europe",
        "Primaries only in Regions in Europe; one approver.",
        replace(DEFAULT, name="stay-in-europe", allowed_regions=dict(region_groups())["Europe"]),
    ),
    Starter(
        "confirm-alone",
        "Confirm alone",
        "One person, who types the key's name: for accounts to try things in.",
        replace(
            DEFAULT,
            name="confirm-alone",
            rule=Rule.CONFIRM,
            requirements=(),
            applies_to=Selector(units=("sandbox",)),
        ),
    ),
)


def starters(groups: Sequence[str]) -> tuple[Starter, ...]:
    """`groups`: those that the person knows; a policy of two teams asks two of them."""
    return (*_BEFORE, _two_teams(groups), *_AFTER)


def starter_called(slug: str, groups: Sequence[str]) -> Starter | None:
    return next((each for each in starters(groups) if each.slug == slug), None)


def _two_teams(groups: Sequence[str]) -> Starter:
    teams = [*(name for name in _TEAMS if name in groups), *(name for name in groups if name not in _TEAMS)][
        :2
    ]
    missing = [name for name in _TEAMS if name not in teams][: 2 - len(teams)]
    asked = tuple(Requirement(name) for name in teams)
    rules = replace(
        DEFAULT,
        name="production",
        applies_to=Selector(units=("prod",)),
        requirements=asked if len(asked) == 2 else (*asked, Requirement()),
        second_factor=True,
        runs=Runs.BY_HAND,
    )
    lacks = f"It needs two groups of approvers. Make {listed(missing, 'and')} first." if missing else ""
    named = listed(teams, "and") if len(teams) == 2 else "two groups"
    says = f"One of each of {named}, in the unit prod; the change is run by hand."
    return Starter("two-teams", "Two teams for production", says, rules, lacks)
