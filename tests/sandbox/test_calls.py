"""Every AWS call is counted once, with its operation, account and Region."""

from __future__ import annotations

import pytest
from botocore.exceptions import ConnectionClosedError

from tests.sandbox.conftest import PAYMENTS, RESEARCH, ask, refusal


def test_calls_are_counted_by_operation_account_and_region(kms, client):
    for account, region in ((PAYMENTS, "us-east-1"), (PAYMENTS, "us-east-1"), (RESEARCH, "eu-west-1")):
        client(region, account=account).list_keys()
    client("us-east-1").list_aliases()

    assert kms.calls() == {
        "total": 4,
        "by_operation": {"ListAliases": 1, "ListKeys": 3},
        "calls": [
            {"operation": "ListAliases", "account": PAYMENTS, "region": "us-east-1", "count": 1},
            {"operation": "ListKeys", "account": PAYMENTS, "region": "us-east-1", "count": 2},
            {"operation": "ListKeys", "account": RESEARCH, "region": "eu-west-1", "count": 1},
        ],
    }


def test_refused_and_cut_calls_count_too(kms, client):
    kms.fault("throttle", operation="ListKeys")
    kms.fault("drop-after", operation="ListAliases")

    refusal(client().list_keys)
    with pytest.raises(ConnectionClosedError):
        client().list_aliases()

    assert kms.calls()["by_operation"] == {"ListAliases": 1, "ListKeys": 1}


def test_looking_at_the_counts_counts_nothing_and_they_can_be_reset(kms, client):
    client().list_keys()

    assert ask(kms, "GET", "/sandbox/calls")[1] == ask(kms, "GET", "/sandbox/calls")[1] == kms.calls()
    ask(kms, "DELETE", "/sandbox/calls")
    assert kms.calls() == {"total": 0, "by_operation": {}, "calls": []}


def test_other_services_are_counted_beside_kms(kms, client):
    client(service="sts").get_caller_identity()
    client(service="ec2").describe_regions()

    assert kms.calls()["by_operation"] == {"DescribeRegions": 1, "GetCallerIdentity": 1}
