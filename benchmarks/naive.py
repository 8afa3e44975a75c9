"""What a script does that nobody thought about: describes every key, asks for the aliases of each."""

from __future__ import annotations

import boto3

from benchmarks.desk import KEYS, Size


def read_everything(url: str, size: Size) -> int:
    """The number of Region keys that it found."""
    found = 0
    for account_id in size.account_ids:
        sts = boto3.client("sts", endpoint_url=url, region_name=size.region_names[0], **KEYS)
        role = sts.assume_role(RoleArn=f"arn:aws:iam::{account_id}:role/Reader", RoleSessionName="naive")
        own = role["Credentials"]
        session = boto3.Session(own["AccessKeyId"], own["SecretAccessKey"], own["SessionToken"])
        for region in size.region_names:
            kms = session.client("kms", region_name=region, endpoint_url=url)
            for page in kms.get_paginator("list_keys").paginate():
                for key in page["Keys"]:
                    described = kms.describe_key(KeyId=key["KeyId"])
                    kms.list_aliases(KeyId=key["KeyId"])
                    found += described["KeyMetadata"]["MultiRegion"]
    return found
