"""How an operation can end besides an answer: in an AWS error, or in a connection that is cut."""

from __future__ import annotations


class AwsError(Exception):
    def __init__(self, code: str, message: str = "", *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class ConnectionCutError(Exception):
    """Close the caller's connection without a word, after holding it for `hold_seconds`."""

    def __init__(self, *, hold_seconds: float = 0.0) -> None:
        super().__init__("connection cut")
        self.hold_seconds = hold_seconds


def not_found(message: str) -> AwsError:
    return AwsError("NotFoundException", message)


def invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)


def invalid_state(message: str) -> AwsError:
    return AwsError("KMSInvalidStateException", message)


def disabled(arn: str) -> AwsError:
    return AwsError("DisabledException", f"{arn} is disabled.")


def unsupported(message: str = "") -> AwsError:
    return AwsError("UnsupportedOperationException", message)


def unusable(message: str) -> AwsError:
    return AwsError("InvalidKeyUsageException", message)


def invalid_ciphertext() -> AwsError:
    return AwsError("InvalidCiphertextException")


def not_here(message: str) -> AwsError:
    """The sandbox lacks what AWS has."""
    return AwsError("UnknownOperationException", message)


def violated(member: str, rule: str, *, value: object = None) -> AwsError:
    """A constraint of the API model; `value` is left out of the sentence where it is bytes."""
    shown = "" if value is None else f" '{value}'"
    return invalid(
        f"1 validation error detected: Value{shown} at '{member[:1].lower() + member[1:]}' failed to satisfy "
        f"constraint: Member must {rule}"
    )


def missing_parameter(name: str) -> AwsError:
    member = name[:1].lower() + name[1:]
    return invalid(
        f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
        "Member must not be null"
    )
