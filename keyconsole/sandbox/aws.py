"""From an HTTP request to an AWS answer: count it, let faults bite, ask our operations, else moto."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

from keyconsole.sandbox import moto_backend
from keyconsole.sandbox.call import Call
from keyconsole.sandbox.cloudtrail import Caller
from keyconsole.sandbox.errors import AwsError, not_here
from keyconsole.sandbox.fault_effects import account_meant, bite_after, bite_before
from keyconsole.sandbox.faults import AFTER_ACTING, BEFORE_ACTING
from keyconsole.sandbox.http_server import Request, Response
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.lookup import find_key, require_allowed, require_state
from keyconsole.sandbox.operations.table import find_operation
from keyconsole.sandbox.operations.usable_key import end_dry_run
from keyconsole.sandbox.protocol import answered, operation_of, refused, scope_of
from keyconsole.sandbox.state import Desk

REGIONAL = ("kms", "tagging")
RECORDED = ("UpdatePrimaryRegion", "ReplicateKey", "CreateKey")
# Key-state table of the developer guide (2023): the other operations on grants take a key in any state.
GRANTING = ("Enabled", "Updating")


class Aws:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, request: Request) -> Response:
        request_id = str(uuid.uuid4())
        service = "kms"
        try:
            call = self._read(request, request_id)
            service = call.service
            return self._answer(request, call)
        except AwsError as error:
            return refused(error, service=service, request_id=request_id)

    def _read(self, request: Request, request_id: str) -> Call:
        operation, parameters = operation_of(request)
        scope = scope_of(request, operation)
        caller = self._caller(scope.access_key_id, scope.region)
        call = Call(scope.service, operation, scope.region, caller, request_id, parameters)
        self._desk.calls.add(operation=operation, account=call.account_id, region=call.region)
        return call

    def _caller(self, access_key_id: str, region: str) -> Caller:
        caller = self._desk.callers.get(access_key_id)
        if caller is None:
            caller = moto_backend.caller_of(access_key_id, region)
            if caller.account_id != moto_backend.DEFAULT_ACCOUNT:
                self._desk.callers[access_key_id] = caller
        return caller

    def _answer(self, request: Request, call: Call) -> Response:
        place = {"operation": call.operation, "account": account_meant(call), "region": call.region}
        try:
            bite_before(call, self._desk.faults.take(BEFORE_ACTING, **place))
            response = self._act(request, call)
        except AwsError as error:
            self._record_refusal(call, error)
            raise
        bite_after(self._desk.faults.take(AFTER_ACTING, **place))
        return response

    def _act(self, request: Request, call: Call) -> Response:
        if call.service in REGIONAL and not self._desk.knows_region(call.account_id, call.region):
            raise AwsError("InvalidSignatureException", "Credential should be scoped to a valid region.")
        ours = find_operation(call.service, call.operation)
        if ours is None:
            return self._let_moto(request, call)
        with self._desk.lock:
            return answered(ours(self._desk, call), request_id=call.request_id)

    def _let_moto(self, request: Request, call: Call) -> Response:
        if not moto_backend.knows(call.service):
            raise not_here(f"The sandbox has no {call.service}.")
        account_id = call.account_id
        if call.service == "kms":
            if "KeyId" in call.body:
                key = self._permitted(call)
                request = replace(request, body=json.dumps(call.body | {"KeyId": key.arn}).encode())
                account_id = key.account_id
            end_dry_run(call)
        response = moto_backend.answer(
            request, service=call.service, region=call.region, account_id=account_id
        )
        if response.status == moto_backend.NOT_IMPLEMENTED:
            raise not_here(f"The sandbox has no {call.service}:{call.operation}.")
        return response

    def _permitted(self, call: Call) -> RegionKey:
        """moto's look-up of ids is passed by: it gets the ARN of a key that may be used."""
        with self._desk.lock:
            key = find_key(self._desk, call)
            require_allowed(self._desk, call, key)
            if call.operation == "CreateGrant":
                require_state(self._desk, key, *GRANTING)
            return key

    def _record_refusal(self, call: Call, error: AwsError) -> None:
        if call.service != "kms" or call.operation not in RECORDED:
            return
        self._desk.trail.write(
            call.operation,
            region=call.region,
            caller=call.caller,
            request_id=call.request_id,
            parameters={name[:1].lower() + name[1:]: value for name, value in call.body.items()},
            key_arn=None,
            error=(error.code, error.message),
        )
