"""Posts a message as signed JSON: `KeyConsole-Signature: t=<unix time>,v1=<HMAC-SHA256 of "t.body">`.

Redirects are never followed: the address that an administrator set is the only one that hears of it.
"""

from __future__ import annotations

import hashlib
import hmac

import requests

from keyconsole.notifications.errors import Undelivered

CONNECT_SECONDS, READ_SECONDS = 3, 10
SIGNATURE_HEADER = "KeyConsole-Signature"
DELIVERY_HEADER = "KeyConsole-Delivery"


def signature(body: bytes, *, secret: str, unix_time: int) -> str:
    signed = hmac.new(secret.encode(), f"{unix_time}.".encode() + body, hashlib.sha256)
    return f"t={unix_time},v1={signed.hexdigest()}"


def post(body: str, *, url: str, secret: str, ref: str, unix_time: int) -> None:
    """Raise Undelivered unless the receiver answers 2xx; its words never hold the address."""
    if not url.startswith(("https://", "http://")):
        raise Undelivered("The address of this webhook does not begin with https:// or http://.")
    content = body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "KeyConsole",
        DELIVERY_HEADER: ref,
        SIGNATURE_HEADER: signature(content, secret=secret, unix_time=unix_time),
    }
    try:
        # Streamed: the answer's body is not ours to wait for.
        with requests.post(
            url,
            data=content,
            headers=headers,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = answer.status_code
    except (requests.RequestException, ValueError) as error:
        raise Undelivered(_explained(error)) from None
    if not 200 <= status < 300:
        raise Undelivered(f"The webhook answered with status {status}{_hint(status)}.")


def _hint(status: int) -> str:
    return "; redirects are not followed" if 300 <= status < 400 else ""


def _explained(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "The webhook's certificate is not valid for its address."
    if isinstance(error, requests.exceptions.Timeout):
        return f"The webhook did not answer within {READ_SECONDS} seconds."
    if isinstance(error, requests.ConnectionError):
        return "The webhook cannot be reached."
    return "The address of this webhook is not one that can be called."
