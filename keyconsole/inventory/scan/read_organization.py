"""Where each account stands in the organisation: a path of its units' names. No database: threads run this.

All of it or nothing: a part that could not be read would look like accounts that stand nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from keyconsole.inventory.scan.rate_limit import Pace
from keyconsole.kms.errors import KmsError
from keyconsole.kms.organization import Organization, Unit

# AWS allows five; more than that is a circle, or another service that answers in its place.
DEEPEST = 10


@dataclass(frozen=True, slots=True)
class OrganizationRead:
    units: Mapping[str, str]  # by account number; empty: in no unit


@dataclass(frozen=True, slots=True)
class OrganizationUnread:
    problem: str


def read_organization(organization: Organization, *, pace: Pace) -> OrganizationRead | OrganizationUnread:
    try:
        return OrganizationRead(dict(_units(organization, pace)))
    except KmsError as error:
        return OrganizationUnread(str(error))


def _units(organization: Organization, pace: Pace) -> Iterator[tuple[str, str]]:
    below: list[tuple[tuple[str, ...], Unit]] = [((), root) for root in pace.call(organization.roots)]
    while below:
        path, unit = below.pop()
        for account in pace.call(partial(organization.accounts_in, unit)):
            yield account, "/".join(path)
        if len(path) < DEEPEST:
            inner = pace.call(partial(organization.units_in, unit))
            below += [((*path, _step(each.name)), each) for each in inner]


def _step(name: str) -> str:
    """As one step of a path, also where the name holds a slash: nobody names a unit into another one."""
    return name.replace("/", "%2F").replace("\0", "\N{REPLACEMENT CHARACTER}")
