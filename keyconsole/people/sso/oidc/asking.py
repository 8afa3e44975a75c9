"""Every request to the provider: over TLS, to the address as it stands, bounded in time and size.

Redirects are not followed, since a provider's endpoints are named by its own discovery document.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.auth import HTTPBasicAuth

from keyconsole.people.sso.failures import SignInFailed, Why

# A person waits for it: each of the four requests of a sign-in has this long altogether.
SECONDS_AT_MOST = 10.0
_CONNECT, _READ = 4.0, 5.0
_BYTES_AT_MOST = 1024 * 1024


class Answered(SignInFailed):
    """The provider answered with an error of OAuth 2.0, such as invalid_grant."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(Why.PROVIDER_DOWN if status >= 500 else Why.REFUSED_THERE, f"{status} {error}")
        self.status = status
        self.error = error


def is_safe_address(url: str) -> bool:
    """https, or http at this very host, as in tests."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def get_json(url: str, *, bearer: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return _asked("GET", url, headers=headers)


def post_form(url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None) -> dict[str, Any]:
    """`basic`: the client's id and secret, which RFC 6749 wants encoded as in a form before."""
    if basic is None:
        return _asked("POST", url, data=dict(form))
    auth = HTTPBasicAuth(quote(basic[0], safe=""), quote(basic[1], safe=""))
    return _asked("POST", url, data=dict(form), auth=auth)


def _asked(method: str, url: str, **more: Any) -> dict[str, Any]:
    if not is_safe_address(url):
        raise SignInFailed(Why.PROVIDER_WRONG, f"{_where(url)} is not https")
    until = time.monotonic() + SECONDS_AT_MOST
    # Or the library takes whatever a .netrc of this user has for that host, in the place of the token.
    more.setdefault("auth", _as_it_is)
    more["headers"] = {"Accept": "application/json", **more.get("headers", {})}
    try:
        with requests.request(
            method, url, timeout=(_CONNECT, _READ), allow_redirects=False, stream=True, **more
        ) as response:
            body = _body(response, until=until)
    except (requests.RequestException, OSError) as error:
        raise SignInFailed(Why.PROVIDER_DOWN, f"{_where(url)}: {type(error).__name__}") from None
    found = _object(body)
    if response.status_code != requests.codes.ok:
        said = found.get("error") if found else None
        raise Answered(response.status_code, said[:80] if isinstance(said, str) else _where(url))
    if found is None:
        raise SignInFailed(Why.PROVIDER_WRONG, f"{_where(url)} did not answer with a JSON object")
    return found


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _body(response: requests.Response, *, until: float) -> bytes:
    """Time limits of the library hold for each read; a server that drips would hold a person for ever."""
    body = b""
    for part in response.iter_content(16 * 1024):
        body += part
        if time.monotonic() > until:
            raise requests.Timeout
        if len(body) > _BYTES_AT_MOST:
            raise requests.exceptions.ContentDecodingError
    return body


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _where(url: str) -> str:
    """Without what a query may hold."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"[:120]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
