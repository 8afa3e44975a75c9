"""Many callers at once: one move wins, and nothing is counted twice or lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

from tests.sandbox.conftest import PAYMENTS

CALLERS = 8


def test_of_eight_moves_at_once_one_is_accepted(kms, client):
    key = kms.seed_set(PAYMENTS)
    kms.settle_seconds(60)
    clients = [client("us-east-1") for _ in range(CALLERS)]

    def move(caller):
        try:
            caller.update_primary_region(KeyId=key, PrimaryRegion="eu-west-1")
        except ClientError as error:
            return error.response["Error"]["Message"].rsplit("/", 1)[-1]
        return "moved"

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = sorted(pool.map(move, clients))

    refused = f"{key} is not a multi-Region primary key."
    assert answers == ["moved", *[refused] * (CALLERS - 1)]
    assert kms.calls()["by_operation"] == {"UpdatePrimaryRegion": CALLERS}


def test_replicas_made_at_once_are_all_there(kms, client):
    key = kms.seed_set(PAYMENTS, replicas=())
    regions = ["eu-west-1", "eu-west-2", "us-west-2", "ca-central-1", "sa-east-1", "ap-south-1"]
    clients = {region: client("us-east-1") for region in regions}

    with ThreadPoolExecutor(len(regions)) as pool:
        list(pool.map(lambda to: clients[to].replicate_key(KeyId=key, ReplicaRegion=to), regions))

    metadata = client("us-east-1").describe_key(KeyId=key)["KeyMetadata"]
    replicas = metadata["MultiRegionConfiguration"]["ReplicaKeys"]
    assert [replica["Region"] for replica in replicas] == sorted(regions)
