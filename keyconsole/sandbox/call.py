"""One AWS call on its way through the sandbox: who calls what, where, with which parameters.

What a member's type, length or range must be is checked here, in the words of the API model's constraints as
KMS was recorded to say them (2023, 2026-09-12).
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from keyconsole.sandbox.cloudtrail import Caller
from keyconsole.sandbox.errors import AwsError, invalid, missing_parameter, violated


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

    @property
    def dry_run(self) -> bool:
        return bool(self.body.get("DryRun"))

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if value is None:
            raise missing_parameter(name)
        if not isinstance(value, str):
            raise invalid(f"{name} must be a string.")
        return value

    def choice(self, name: str, values: Collection[str], *, default: str | None = None) -> str:
        """Without a default the member is required."""
        if default is not None and self.body.get(name) is None:
            return default
        value = self.text(name)
        if value not in values:
            raise violated(name, f"satisfy enum value set: [{', '.join(values)}]", value=value)
        return value

    def number(self, name: str, *, default: int, minimum: int, maximum: int) -> int:
        value: int = self.body.get(name, default)
        if value < minimum:
            raise violated(name, f"have value greater than or equal to {minimum}", value=value)
        if value > maximum:
            raise violated(name, f"have value less than or equal to {maximum}", value=value)
        return value

    def limit(self, *, default: int, maximum: int) -> int:
        return self.number("Limit", default=default, minimum=1, maximum=maximum)

    def blob(self, name: str, *, most: int) -> bytes:
        try:
            value = base64.b64decode(self.text(name), validate=True)
        except ValueError:
            raise AwsError("SerializationException") from None
        if not value:
            raise violated(name, "have length greater than or equal to 1")
        if len(value) > most:
            raise violated(name, f"have length less than or equal to {most}")
        return value

    def context(self, name: str = "EncryptionContext") -> dict[str, str]:
        return dict(self.body.get(name) or {})

    def asking(self, service: str, operation: str, **members: Any) -> Call:
        """What the same caller asks of another service in turn."""
        return Call(service, operation, self.region, self.caller, self.request_id, members)
