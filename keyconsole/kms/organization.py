"""The calls to AWS Organizations that KeyConsole makes: which units there are, and which account is in which.

Only the management account and those to which it delegates may ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keyconsole.kms.mapping import aws_errors


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisational unit, or a root of the organisation."""

    unit_id: str
    name: str


class Organization:
    def __init__(self, client: Any, *, region: str) -> None:
        self._client = client
        self._region = region

    def roots(self) -> list[Unit]:
        return [Unit(entry["Id"], entry["Name"]) for entry in self._every("list_roots", "ListRoots", "Roots")]

    def units_in(self, parent: Unit) -> list[Unit]:
        entries = self._every(
            "list_organizational_units_for_parent",
            "ListOrganizationalUnitsForParent",
            "OrganizationalUnits",
            ParentId=parent.unit_id,
        )
        return [Unit(entry["Id"], entry["Name"]) for entry in entries]

    def accounts_in(self, parent: Unit) -> list[str]:
        """The numbers of those that stand in it itself."""
        entries = self._every(
            "list_accounts_for_parent", "ListAccountsForParent", "Accounts", ParentId=parent.unit_id
        )
        return [str(entry["Id"]) for entry in entries]

    def _every(self, method: str, operation: str, items: str, **request: str) -> list[dict[str, Any]]:
        """To the last page: a page may be empty while more follow."""
        with aws_errors(operation, region=self._region):
            pages = self._client.get_paginator(method).paginate(**request)
            return [entry for answer in pages for entry in answer[items]]
