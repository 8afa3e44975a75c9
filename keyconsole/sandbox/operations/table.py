"""Every operation that the sandbox answers itself; moto answers the rest (cryptography, grants, roles)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.operations import (
    identity,
    labels,
    lifecycle,
    lookup_events,
    primary,
    reading,
    regions,
    rotation,
)
from keyconsole.sandbox.state import Desk

Operation = Callable[[Desk, Call], dict[str, Any] | bytes]
"""Bytes are XML, a dictionary becomes JSON."""

KMS_OPERATIONS: dict[str, Operation] = {
    "UpdatePrimaryRegion": primary.update_primary_region,
    "ReplicateKey": primary.replicate_key,
    "ListKeys": reading.list_keys,
    "DescribeKey": reading.describe_key,
    "ListAliases": reading.list_aliases,
    "GetKeyPolicy": reading.get_key_policy,
    "ListResourceTags": reading.list_resource_tags,
    "GetKeyRotationStatus": rotation.get_key_rotation_status,
    "EnableKeyRotation": rotation.enable_key_rotation,
    "DisableKeyRotation": rotation.disable_key_rotation,
    "RotateKeyOnDemand": rotation.rotate_key_on_demand,
    "CreateKey": lifecycle.create_key,
    "EnableKey": lifecycle.enable_key,
    "DisableKey": lifecycle.disable_key,
    "ScheduleKeyDeletion": lifecycle.schedule_key_deletion,
    "CancelKeyDeletion": lifecycle.cancel_key_deletion,
    "CreateAlias": labels.create_alias,
    "UpdateAlias": labels.update_alias,
    "DeleteAlias": labels.delete_alias,
    "TagResource": labels.tag_resource,
    "UntagResource": labels.untag_resource,
    "UpdateKeyDescription": labels.update_key_description,
    "PutKeyPolicy": labels.put_key_policy,
}

OTHER_OPERATIONS: dict[tuple[str, str], Operation] = {
    ("sts", "GetCallerIdentity"): identity.get_caller_identity,
    ("ec2", "DescribeRegions"): regions.describe_regions,
    ("account", "ListRegions"): regions.list_regions,
    ("cloudtrail", "LookupEvents"): lookup_events.lookup_events,
}


def find_operation(service: str, name: str) -> Operation | None:
    return KMS_OPERATIONS.get(name) if service == "kms" else OTHER_OPERATIONS.get((service, name))
