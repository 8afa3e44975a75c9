"""GenerateMac and VerifyMac (recorded 2023 and 2026-09-12)."""

from __future__ import annotations

import base64
import hmac
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.errors import AwsError
from keyconsole.sandbox.key_specs import MAC, algorithms_for
from keyconsole.sandbox.keys import RegionKey
from keyconsole.sandbox.operations.usable_key import end_dry_run, require_algorithm, usable_key
from keyconsole.sandbox.state import Desk

MOST_MESSAGE, MOST_MAC = 4096, 6144  # bytes, API model


def generate_mac(desk: Desk, call: Call) -> dict[str, Any]:
    key, mac = _mac(desk, call)
    end_dry_run(call)
    return {
        "Mac": base64.b64encode(mac).decode(),
        "MacAlgorithm": call.text("MacAlgorithm"),
        "KeyId": key.arn,
    }


def verify_mac(desk: Desk, call: Call) -> dict[str, Any]:
    given = call.blob("Mac", most=MOST_MAC)
    key, mac = _mac(desk, call)
    if not hmac.compare_digest(given, mac):
        raise AwsError("KMSInvalidMacException")
    end_dry_run(call)
    return {"KeyId": key.arn, "MacValid": True, "MacAlgorithm": call.text("MacAlgorithm")}


def _mac(desk: Desk, call: Call) -> tuple[RegionKey, bytes]:
    algorithm = call.choice("MacAlgorithm", algorithms_for(MAC))
    message = call.blob("Message", most=MOST_MESSAGE)
    key = usable_key(desk, call, usage=MAC)
    require_algorithm(key, algorithm)
    return key, hmac.digest(key.materials[-1].secret, message, f"sha{algorithm.rsplit('_', 1)[-1]}")
