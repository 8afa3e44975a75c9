"""CloudTrail's event history: one record per Region that took part, found by LookupEvents.

UpdatePrimaryRegion writes two records with one request id: the former primary's Region names the caller and
what was asked; the new primary's Region carries invokedBy kms.amazonaws.com and no former Region (CloudTrail
documentation of UpdatePrimaryRegion).
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KMS = "kms.amazonaws.com"


@dataclass(frozen=True)
class Caller:
    account_id: str
    arn: str
    user_id: str
    access_key_id: str

    @property
    def name(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    def identity(self) -> dict[str, Any]:
        kind = "AssumedRole" if ":assumed-role/" in self.arn else "IAMUser"
        return {
            "type": kind,
            "principalId": self.user_id,
            "arn": self.arn,
            "accountId": self.account_id,
            "accessKeyId": self.access_key_id,
        }


@dataclass(frozen=True)
class Record:
    event_id: str
    at: float
    """Seconds since the epoch."""
    name: str
    region: str
    caller: Caller
    resources: tuple[str, ...]
    detail: dict[str, Any]

    def as_event(self) -> dict[str, Any]:
        return {
            "EventId": self.event_id,
            "EventName": self.name,
            "ReadOnly": "false",
            "AccessKeyId": self.caller.access_key_id,
            "EventTime": round(self.at),
            "EventSource": KMS,
            "Username": self.caller.name,
            "Resources": [{"ResourceType": "AWS::KMS::Key", "ResourceName": name} for name in self.resources],
            "CloudTrailEvent": json.dumps(self.detail),
        }


class Trail:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[tuple[str, str], list[Record]] = defaultdict(list)

    def write(
        self,
        name: str,
        *,
        region: str,
        caller: Caller,
        request_id: str,
        parameters: dict[str, Any],
        key_arn: str | None,
        at: float | None = None,
        invoked_by_kms: bool = False,
        error: tuple[str, str] | None = None,
    ) -> None:
        """`at` is in seconds since the epoch (now, unless a past is written)."""
        at = time.time() if at is None else at
        detail = _head(name, region=region, caller=caller, at=at) | {
            "requestParameters": parameters,
            "responseElements": {"keyId": key_arn} if key_arn and error is None else None,
            "requestID": request_id,
        }
        if invoked_by_kms:
            detail["userIdentity"]["invokedBy"] = KMS
            detail |= {"sourceIPAddress": KMS, "userAgent": "AWS Internal"}
        elif key_arn:
            key = {"accountId": caller.account_id, "type": "AWS::KMS::Key", "ARN": key_arn}
            detail["resources"] = [key]
        if error is not None:
            detail["errorCode"], detail["errorMessage"] = error
        resources = (key_arn, key_arn.rsplit("/", 1)[-1]) if key_arn else ()
        record = Record(detail["eventID"], at, name, region, caller, resources, detail)
        with self._lock:
            self._records[caller.account_id, region].append(record)

    def records(self, account_id: str, region: str) -> list[Record]:
        """Newest first; of two in the same moment, the later written."""
        with self._lock:
            written = list(self._records[account_id, region])
        written.reverse()
        return sorted(written, key=lambda record: -record.at)


def _head(name: str, *, region: str, caller: Caller, at: float) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "userIdentity": caller.identity(),
        "eventTime": datetime.fromtimestamp(round(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": KMS,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "sandbox",
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account_id,
        "eventCategory": "Management",
    }
