"""sts:GetCallerIdentity, so that STS and the trail give a caller one and the same name."""

from __future__ import annotations

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.state import Desk


def get_caller_identity(_: Desk, call: Call) -> bytes:
    caller = call.caller
    return (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{caller.arn}</Arn><UserId>{caller.user_id}</UserId><Account>{caller.account_id}</Account>"
        "</GetCallerIdentityResult><ResponseMetadata>"
        f"<RequestId>{call.request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    ).encode()
