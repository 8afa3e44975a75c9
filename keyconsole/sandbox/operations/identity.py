"""Who calls and what its policies allow, told by STS and IAM. The trail gives a caller the same name."""

from __future__ import annotations

from xml.sax.saxutils import escape  # nosec B406  # it writes, and reads nothing

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


def simulate_principal_policy(desk: Desk, call: Call) -> bytes:
    """Of one action on one resource. Policies of IAM are not evaluated here: the fault `deny` decides."""
    action = str(call.body.get("ActionNames.member.1", ""))
    resource = str(call.body.get("ResourceArns.member.1", "*"))
    denied = desk.faults.is_on(
        "deny", operation=action.partition(":")[2], account=call.account_id, region=call.region
    )
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member>"
        f"<EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{'implicitDeny' if denied else 'allowed'}</EvalDecision>"
        "</member></EvaluationResults></SimulatePrincipalPolicyResult><ResponseMetadata>"
        f"<RequestId>{call.request_id}</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"
    ).encode()
