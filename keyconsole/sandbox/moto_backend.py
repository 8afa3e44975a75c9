"""What moto answers: STS, IAM, Organizations, and KMS's cryptography.

Calls moto's Flask applications directly, one per service and built once; the stock server's look-ups per
request cost more than the work.
"""

from __future__ import annotations

import io
import threading
from typing import Any, cast
from urllib.parse import urlsplit

from moto import backends
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import create_backend_app
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from keyconsole.sandbox.cloudtrail import Caller
from keyconsole.sandbox.http_server import Request, Response

DEFAULT_ACCOUNT = "123456789012"
ACCOUNT_DIGITS = 12
NOT_IMPLEMENTED = 501
SERVICES = frozenset(backends.list_of_moto_modules())

_applications: dict[str, Any] = {}
_lock = threading.Lock()


def knows(service: str) -> bool:
    return service in SERVICES


def answer(request: Request, *, service: str, region: str, account_id: str) -> Response:
    answered: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        answered.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

    application = _application(service)
    chunks = application(
        _environ(request, service=service, region=region, account_id=account_id), start_response
    )
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    headers = {name: value for name, value in answered["headers"].items() if name.lower() != "content-length"}
    return Response(body, answered["status"], headers)


def account_of(access_key_id: str) -> str:
    """The account that an access key was made for. A 12-digit access key id names its account itself."""
    for account_id, account in list(iam_backends.items()):
        if any(access_key_id in backend.access_keys for backend in list(account.values())):
            return account_id
    if len(access_key_id) == ACCOUNT_DIGITS and access_key_id.isdecimal():
        return access_key_id
    return DEFAULT_ACCOUNT


def caller_of(access_key_id: str, region: str) -> Caller:
    """Whom an access key belongs to; a key that was never made here belongs to a user named desk."""
    account_id, partition = account_of(access_key_id), get_partition(region)
    role = sts_backends[account_id][partition].get_assumed_role_from_access_key(access_key_id)
    if role is not None:
        return Caller(account_id, role.arn, role.user_id, access_key_id)
    user = iam_backends[account_id][partition].get_user_from_access_key_id(access_key_id)
    if user is not None:
        return Caller(account_id, user.arn, user.id, access_key_id)
    return Caller(
        account_id, f"arn:{partition}:iam::{account_id}:user/desk", "AIDASANDBOXDESK", access_key_id
    )


def _application(service: str) -> Any:
    with _lock:
        if service not in _applications:
            application = create_backend_app(cast("Any", service))
            application.debug = False  # a fault of moto's becomes an answer of 500
            application.register_error_handler(NotImplementedError, lambda _: ("", NOT_IMPLEMENTED))
            _applications[service] = application
        return _applications[service]


def _environ(request: Request, *, service: str, region: str, account_id: str) -> dict[str, Any]:
    address = urlsplit(request.path)
    host = f"{service}.{region}.amazonaws.com"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    environ |= {
        "HTTP_HOST": host,
        "HTTP_X_MOTO_ACCOUNT_ID": account_id,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
    }
    return environ
