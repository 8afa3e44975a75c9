"""Every operation that the sandbox answers itself; moto answers the rest (grants, roles, organizations)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keyconsole.sandbox.call import Call
from keyconsole.sandbox.operations import (
    aliases,
    data_keys,
    encryption,
    identity,
    labels,
    lifecycle,
    lookup_events,
    macs,
    primary,
    reading,
    regions,
    rotation,
    signing,
    tagging,
    tags,
)
from keyconsole.sandbox.operations.list_keys import list_keys
from keyconsole.sandbox.state import Desk

Operation = Callable[[Desk, Call], dict[str, Any] | bytes]
"""Bytes are XML, a dictionary becomes JSON."""

KMS_OPERATIONS: dict[str, Operation] = {
    "UpdatePrimaryRegion": primary.update_primary_region,
    "ReplicateKey": primary.replicate_key,
    "ListKeys": list_keys,
    "DescribeKey": reading.describe_key,
    "ListAliases": reading.list_aliases,
    "GetKeyPolicy": reading.get_key_policy,
    "ListResourceTags": reading.list_resource_tags,
    "GetKeyRotationStatus": rotation.get_key_rotation_status,
    "EnableKeyRotation": rotation.enable_key_rotation,
    "DisableKeyRotation": rotation.disable_key_rotation,
    "RotateKeyOnDemand": rotation.rotate_key_on_demand,
    "ListKeyRotations": rotation.list_key_rotations,
    "CreateKey": lifecycle.create_key,
    "EnableKey": lifecycle.enable_key,
    "DisableKey": lifecycle.disable_key,
    "ScheduleKeyDeletion": lifecycle.schedule_key_deletion,
    "CancelKeyDeletion": lifecycle.cancel_key_deletion,
    "CreateAlias": aliases.create_alias,
    "UpdateAlias": aliases.update_alias,
    "DeleteAlias": aliases.delete_alias,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateKeyDescription": labels.update_key_description,
    "PutKeyPolicy": labels.put_key_policy,
    "Encrypt": encryption.encrypt,
    "Decrypt": encryption.decrypt,
    "ReEncrypt": encryption.re_encrypt,
    "GenerateDataKey": data_keys.generate_data_key,
    "GenerateDataKeyWithoutPlaintext": data_keys.generate_data_key_without_plaintext,
    "GenerateDataKeyPair": data_keys.generate_data_key_pair,
    "GenerateDataKeyPairWithoutPlaintext": data_keys.generate_data_key_pair_without_plaintext,
    "GenerateRandom": data_keys.generate_random,
    "Sign": signing.sign,
    "Verify": signing.verify,
    "GetPublicKey": signing.get_public_key,
    "GenerateMac": macs.generate_mac,
    "VerifyMac": macs.verify_mac,
}

OTHER_OPERATIONS: dict[tuple[str, str], Operation] = {
    ("sts", "GetCallerIdentity"): identity.get_caller_identity,
    ("iam", "SimulatePrincipalPolicy"): identity.simulate_principal_policy,
    ("ec2", "DescribeRegions"): regions.describe_regions,
    ("account", "ListRegions"): regions.list_regions,
    ("cloudtrail", "LookupEvents"): lookup_events.lookup_events,
    ("tagging", "GetResources"): tagging.get_resources,
    ("tagging", "TagResources"): tagging.tag_resources,
    ("tagging", "UntagResources"): tagging.untag_resources,
    ("tagging", "GetTagKeys"): tagging.get_tag_keys,
    ("tagging", "GetTagValues"): tagging.get_tag_values,
}


def find_operation(service: str, name: str) -> Operation | None:
    return KMS_OPERATIONS.get(name) if service == "kms" else OTHER_OPERATIONS.get((service, name))
