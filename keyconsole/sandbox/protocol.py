"""AWS's two wire formats, as far as the sandbox answers itself: JSON 1.1, and XML for STS, IAM and EC2.

Reads who calls from the SigV4 credential scope; signatures are not verified.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape  # nosec B406  # it writes, and reads nothing

from keyconsole.sandbox.errors import AwsError
from keyconsole.sandbox.http_server import Request, Response

SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
JSON = "application/x-amz-json-1.1"
UNSIGNED_STS = ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML")
XML_SERVICES = ("sts", "iam", "ec2")


@dataclass(frozen=True)
class Scope:
    access_key_id: str
    region: str
    service: str


def scope_of(request: Request, operation: str) -> Scope:
    scope = SCOPE.search(request.headers.get("Authorization", ""))
    if scope is not None:
        return Scope(scope["key"], scope["region"], scope["service"])
    if operation in UNSIGNED_STS:
        return Scope("", "us-east-1", "sts")
    raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token")


def operation_of(request: Request) -> tuple[str, dict[str, Any]]:
    """The operation's name and its parameters."""
    if target := request.headers.get("X-Amz-Target", ""):
        return target.rsplit(".", 1)[-1], _json(request)
    form = _form(request)
    if "Action" in form:
        return form["Action"], form
    named = request.path.split("?")[0].strip("/")
    return named[:1].upper() + named[1:], form


def answered(answer: dict[str, Any] | bytes, *, request_id: str) -> Response:
    if isinstance(answer, bytes):
        return Response(answer, headers={"Content-Type": "text/xml"})
    body = json.dumps(answer).encode()
    return Response(body, headers={"Content-Type": JSON, "x-amzn-RequestId": request_id})


def refused(error: AwsError, *, service: str, request_id: str) -> Response:
    if service not in XML_SERVICES:
        said = {"message": error.message} if error.message else {}
        body = json.dumps({"__type": error.code} | said).encode()
        return Response(body, error.status, {"Content-Type": JSON, "x-amzn-RequestId": request_id})
    inner = (
        f"<Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error>"
    )
    if service == "ec2":
        text = f"<Response><Errors>{inner}</Errors><RequestID>{request_id}</RequestID></Response>"
    else:
        text = f"<ErrorResponse>{inner}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return Response(text.encode(), error.status, {"Content-Type": "text/xml"})


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
