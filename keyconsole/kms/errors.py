"""Every way in which talking to AWS can fail, as one tree. `mapping.py` turns the SDK's errors into these.

    KmsError
    ├── AccessDenied             a policy says no
    ├── NotFound                 no such key in that Region
    ├── Throttled                too many calls; nothing was done
    ├── WrongState               a key cannot do that now; `culprit` and `state` say which and why
    │   ├── KeyDisabled
    │   └── NotPrimary           the key is a replica
    ├── InvalidRequest           AWS cannot take the request as it stands
    │   └── NoReplicaThere
    ├── CredentialsRefused       missing, malformed, expired or unknown credentials or profile
    ├── RegionNotEnabled         the account has not opted in to the Region
    ├── WrongAccount             the credentials belong to another account
    ├── QuotaReached             a resource limit, not a rate
    ├── ServiceFault             AWS failed (5xx)
    ├── Unreachable              no connection, or a READ without an answer; nothing was changed
    ├── OutcomeUnknown           a WRITE was sent and its answer is missing: look before anything else
    └── UnknownAnswer            an answer that nothing here knows

Never retries and never decides what to do next.
"""

# ruff: noqa: N818 - the names are read in sentences and on pages; the tree says that they are errors

from __future__ import annotations

from typing import Any

from keyconsole.kms.facts import KeyArn, KeyState


class KmsError(Exception):
    """`str(error)` is one sentence for people; `message` is AWS's own, free of secrets.

    `detail` is for the server's operator alone: it tells which files and variables the server has.
    """

    said = "failed"

    def __init__(
        self,
        *,
        operation: str,
        region: str = "",
        key: KeyArn | None = None,
        code: str = "",
        message: str = "",
        request_id: str = "",
        detail: str = "",
    ) -> None:
        self.operation = operation
        self.region = region
        self.key = key
        self.code = code
        self.message = message
        self.request_id = request_id
        self.detail = detail
        super().__init__(operation, region, code, message, request_id)

    def __str__(self) -> str:
        place = f" in {self.region}" if self.region else ""
        words = f": {self.message.rstrip('.')}" if self.message else ""
        marks = ", ".join(
            part for part in (self.code, self.request_id and f"request {self.request_id}") if part
        )
        return f"{self.operation}{place} {self.said}{words}{f' ({marks})' if marks else ''}."


class AccessDenied(KmsError):
    said = "was denied"


class NotFound(KmsError):
    said = "found no such key"


class Throttled(KmsError):
    said = "was throttled"


class WrongState(KmsError):
    """`culprit` is the key that AWS's message names: it may be the other one, in the other Region."""

    said = "was refused"

    def __init__(self, *, culprit: KeyArn | None = None, state: KeyState | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        self.culprit = culprit
        self.state = state


class KeyDisabled(WrongState):
    pass


class NotPrimary(WrongState):
    pass


class InvalidRequest(KmsError):
    said = "was refused"


class NoReplicaThere(InvalidRequest):
    pass


class CredentialsRefused(KmsError):
    said = "had no valid credentials"


class RegionNotEnabled(KmsError):
    said = "is not possible: the account has not enabled the Region"


class WrongAccount(KmsError):
    said = "found another account than the one configured"

    def __init__(self, *, expected: str, actual: str, **facts: Any) -> None:
        facts.setdefault("message", f"expected {expected}, the credentials belong to {actual}")
        super().__init__(**facts)
        self.expected = expected
        self.actual = actual


class QuotaReached(KmsError):
    said = "met a quota of the account"


class ServiceFault(KmsError):
    said = "met a fault of AWS"


class Unreachable(KmsError):
    said = "could not reach AWS"


class OutcomeUnknown(KmsError):
    said = "was sent and its outcome is not known"


class UnknownAnswer(KmsError):
    said = "got an answer that KeyConsole does not know"
