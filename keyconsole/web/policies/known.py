"""What a person may choose from when they write a policy: accounts, units, aliases, Regions and groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group as AuthGroup

from keyconsole.inventory.models import MultiRegionKey
from keyconsole.policies.versions.horizon import Horizon
from keyconsole.web.choosers import SUGGESTED_AT_MOST, Group, Option, regions_to_choose


@dataclass(frozen=True, slots=True)
class Known:
    """Of the accounts that they see; of groups those that they know."""

    accounts: Sequence[Group]
    units: Sequence[Group]
    aliases: Sequence[Group]
    regions: Sequence[Group]
    groups: Sequence[str]


def known_to(horizon: Horizon) -> Known:
    accounts = sorted(horizon.accounts, key=lambda account: account.name)
    units = sorted({step for account in accounts for step in _and_above(account.known_unit or "")})
    names = MultiRegionKey.objects.filter(account__in=accounts).exclude(alias="").order_by("alias")
    aliases = names.values_list("alias", flat=True).distinct()[:SUGGESTED_AT_MOST]
    return Known(
        accounts=_one_group(Option(each.account_id, each.name, each.account_id) for each in accounts),
        units=_one_group(Option(unit, unit) for unit in units),
        aliases=_one_group(Option(name, name) for name in (each.removeprefix("alias/") for each in aliases)),
        regions=regions_to_choose(),
        groups=sorted(horizon.groups(set(AuthGroup.objects.values_list("name", flat=True)))),
    )


def _one_group(options: Iterable[Option]) -> list[Group]:
    return [Group("", tuple(options))]


def _and_above(unit: str) -> list[str]:
    """A unit and each above it: prod/cards is chosen by prod, too."""
    steps = unit.split("/") if unit else []
    return ["/".join(steps[: at + 1]) for at in range(len(steps))]
