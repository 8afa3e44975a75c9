"""What a fault does to a call: refuses it, or cuts the connection, before or after the sandbox acted."""

from __future__ import annotations

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError, ConnectionCutError
from keyconsole.sandbox.faults import Fault
from keyconsole.sandbox.lookup import denied_sentence

HOLD_SECONDS = 30.0
THROTTLED = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."


def bite_before(call: Call, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.name in ("region-down", "unreachable-account"):
        raise ConnectionCutError
    if fault.name == "timeout-before":
        raise ConnectionCutError(hold_seconds=_hold(fault))
    if fault.name == "throttle":
        raise AwsError("ThrottlingException", THROTTLED)
    if fault.name == "expired-token":
        raise AwsError("ExpiredTokenException", "The security token included in the request is expired")
    if fault.name == "server-error":
        raise _internal()
    if fault.name == "deny" or call.operation.startswith("AssumeRole"):
        raise _denied(call)


def bite_after(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.name == "server-error-after":
        raise _internal()
    raise ConnectionCutError(hold_seconds=_hold(fault) if fault.name == "timeout-after" else 0.0)


def account_meant(call: Call) -> str:
    """Entering an account is that account's affair, though the caller still belongs to another."""
    role = str(call.body.get("RoleArn", "")).split(":")
    return role[4] if len(role) > 5 else call.account_id


def _hold(fault: Fault) -> float:
    return HOLD_SECONDS if fault.seconds is None else fault.seconds


def _internal() -> AwsError:
    return AwsError("KMSInternalException", "An internal error occurred.", status=500)


def _denied(call: Call) -> AwsError:
    resource = str(call.body.get("RoleArn") or call.body.get("KeyId") or "*")
    code, status = ("AccessDenied", 403) if call.service == "sts" else ("AccessDeniedException", 400)
    if "KeyId" in call.body:
        return AwsError(code, denied_sentence(call, resource), status=status)
    action = f"{call.service}:{call.operation}"
    return AwsError(
        code,
        f"User: {call.caller.arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action",
        status=status,
    )
