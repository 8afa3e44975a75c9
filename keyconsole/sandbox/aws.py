"""From an HTTP request to an AWS answer: who calls what, faults, our operations, else moto.

Reads account and Region from the SigV4 credential scope; signatures are not verified.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from . import moto_apps
from .answers import AwsError, ConnectionCutError
from .call import Call
from .desk import Desk
from .faults import AFTER_ACTING, BEFORE_ACTING, Fault
from .http_server import Request, Response
from .lookup import denied_sentence, find_key, require_allowed, require_state
from .operations.lookup_events import lookup_events
from .operations.table import OPERATIONS, Operation
from .regions import REGION_OPERATIONS
from .trail import Caller

SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
JSON = "application/x-amz-json-1.1"
HOLD_SECONDS = 30.0
THROTTLED = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
UNSIGNED_STS = ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
RECORDED = ("UpdatePrimaryRegion", "ReplicateKey", "CreateKey")
CRYPTOGRAPHY = (
    "Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "Sign", "Verify",
    "GenerateMac", "VerifyMac",
)  # fmt: skip


class Aws:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._callers: dict[str, Caller] = {}

    def __call__(self, request: Request) -> Response:
        request_id = str(uuid.uuid4())
        try:
            call = self._read(request, request_id)
        except AwsError as error:
            return _refusal(error, service="kms", request_id=request_id)
        place = {"operation": call.operation, "account": _account_meant(call), "region": call.region}
        self._desk.calls.add(operation=call.operation, account=call.account_id, region=call.region)
        try:
            _bite_before(call, self._desk.faults.take(BEFORE_ACTING, **place))
            response = self._act(request, call)
        except AwsError as error:
            self._record_refusal(call, error)
            return _refusal(error, service=call.service, request_id=request_id)
        try:
            _bite_after(self._desk.faults.take(AFTER_ACTING, **place))
        except AwsError as error:
            return _refusal(error, service=call.service, request_id=request_id)
        return response

    def _read(self, request: Request, request_id: str) -> Call:
        target = request.headers.get("X-Amz-Target", "")
        form = _form(request)
        operation = target.rsplit(".", 1)[-1] or form.get("Action", _named_by_path(request))
        scope = SCOPE.search(request.headers.get("Authorization", ""))
        if scope is not None:
            caller = self._caller(scope["key"], scope["region"])
            service, region = scope["service"], scope["region"]
        elif operation in UNSIGNED_STS:
            caller, service, region = self._caller("", "us-east-1"), "sts", "us-east-1"
        else:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")
        body = _json(request) if target else dict(form)
        return Call(service, operation, region, caller, request_id, body)

    def _caller(self, access_key_id: str, region: str) -> Caller:
        caller = self._callers.get(access_key_id)
        if caller is None:
            caller = moto_apps.caller_of(access_key_id, region)
            if caller.account_id != moto_apps.DEFAULT_ACCOUNT:
                self._callers[access_key_id] = caller
        return caller

    def _act(self, request: Request, call: Call) -> Response:
        ours = _our_operation(call)
        if ours is None:
            return self._let_moto(request, call)
        try:
            with self._desk.lock:
                answer = ours(self._desk, call)
        except KeyError as missing:
            raise AwsError(
                "InvalidSignatureException", f"Credential should be scoped to a valid region ({missing})."
            ) from missing
        if isinstance(answer, bytes):
            return Response(answer, headers={"Content-Type": "text/xml"})
        return Response(
            json.dumps(answer).encode(),
            headers={"Content-Type": JSON, "x-amzn-RequestId": call.request_id},
        )

    def _let_moto(self, request: Request, call: Call) -> Response:
        if not moto_apps.knows(call.service):
            raise AwsError("UnknownOperationException", f"The sandbox has no {call.service}.")
        if call.service == "kms":
            request = self._with_key_resolved(request, call)
        try:
            return moto_apps.answer(
                request, service=call.service, region=call.region, account_id=call.account_id
            )
        except NotImplementedError:
            raise AwsError(
                "UnknownOperationException", f"The sandbox has no {call.service}:{call.operation}."
            ) from None

    def _with_key_resolved(self, request: Request, call: Call) -> Request:
        """moto's look-up of ids and aliases is passed by: it gets the ARN of a key that may be used."""
        if "KeyId" not in call.body:
            return request
        with self._desk.lock:
            key = find_key(self._desk, call, alias_allowed=True)
            require_allowed(self._desk, call, key)
            if call.operation in CRYPTOGRAPHY:
                require_state(self._desk, key, "Enabled", "Updating")
        return replace(request, body=json.dumps(call.body | {"KeyId": key.arn}).encode())

    def _record_refusal(self, call: Call, error: AwsError) -> None:
        if call.service != "kms" or call.operation not in RECORDED:
            return
        parameters = {name[:1].lower() + name[1:]: value for name, value in call.body.items()}
        self._desk.trail.write(
            call.operation,
            region=call.region,
            caller=call.caller,
            request_id=call.request_id,
            parameters=parameters,
            key_arn=None,
            error=(error.code, error.message),
        )


def _our_operation(call: Call) -> Operation | None:
    if call.service == "kms":
        return OPERATIONS.get(call.operation)
    if call.service == "cloudtrail" and call.operation == "LookupEvents":
        return lookup_events
    return REGION_OPERATIONS.get((call.service, call.operation))


def _bite_before(call: Call, fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.name in ("region-down", "unreachable-account"):
        raise ConnectionCutError
    if fault.name == "timeout-before":
        raise ConnectionCutError(hold_seconds=HOLD_SECONDS if fault.seconds is None else fault.seconds)
    if fault.name == "throttle":
        raise AwsError("ThrottlingException", THROTTLED)
    if fault.name == "server-error":
        raise AwsError("KMSInternalException", "An internal error occurred.", status=500)
    if fault.name == "deny" or call.operation.startswith("AssumeRole"):
        raise _denied(call)


def _bite_after(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.name == "server-error-after":
        raise AwsError("KMSInternalException", "An internal error occurred.", status=500)
    hold = HOLD_SECONDS if fault.seconds is None else fault.seconds
    raise ConnectionCutError(hold_seconds=hold if fault.name == "timeout-after" else 0.0)


def _denied(call: Call) -> AwsError:
    resource = str(call.body.get("RoleArn") or call.body.get("KeyId") or "*")
    if call.service == "sts":
        action = f"sts:{call.operation} on resource: {resource}"
        sentence = f"User: {call.caller.arn} is not authorized to perform: {action}"
        return AwsError("AccessDenied", sentence, status=403)
    return AwsError("AccessDeniedException", denied_sentence(call, resource))


def _account_meant(call: Call) -> str:
    """Entering an account is that account's affair, though the caller still belongs to another."""
    role = str(call.body.get("RoleArn", ""))
    return role.split(":")[4] if role.count(":") >= 5 else call.account_id


def _refusal(error: AwsError, *, service: str, request_id: str) -> Response:
    if service in ("sts", "iam", "ec2"):
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{error.code}</Code><Message>{error.message}</Message>"
            f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return Response(text.encode(), error.status, {"Content-Type": "text/xml"})
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return Response(body, error.status, {"Content-Type": JSON, "x-amzn-RequestId": request_id})


def _named_by_path(request: Request) -> str:
    name = request.path.split("?")[0].strip("/")
    return name[:1].upper() + name[1:]


def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}


def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise AwsError("SerializationException", "The body is not a JSON object.")
    return body
