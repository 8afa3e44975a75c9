"""One AWS call on its way through the sandbox: who calls what, where, with which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from keyconsole.sandbox.cloudtrail import Caller
from keyconsole.sandbox.errors import invalid, missing_parameter


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    region: str
    caller: Caller
    request_id: str
    body: dict[str, Any]

    @property
    def account_id(self) -> str:
        return self.caller.account_id

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if value is None:
            raise missing_parameter(name)
        if not isinstance(value, str):
            raise invalid(f"{name} must be a string.")
        return value

    def limit(self, *, default: int, maximum: int) -> int:
        value = self.body.get("Limit", default)
        if not isinstance(value, int) or not 1 <= value <= maximum:
            raise invalid(
                f"1 validation error detected: Value '{value}' at 'limit' failed to satisfy constraint: "
                f"Member must have value between 1 and {maximum}"
            )
        return value
