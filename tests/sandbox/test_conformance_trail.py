"""CloudTrail's records of a move in both Regions, and how LookupEvents finds them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
BY_NAME = [{"AttributeKey": "EventName", "AttributeValue": "UpdatePrimaryRegion"}]


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS)


def records(client, region, **asked):
    found = client(region, service="cloudtrail").lookup_events(**({"LookupAttributes": BY_NAME} | asked))
    return [json.loads(event["CloudTrailEvent"]) for event in found["Events"]]


def test_a_move_writes_one_record_in_each_region_with_one_request_id(client, key):
    """CloudTrail log page of UpdatePrimaryRegion."""
    answer = client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)
    (here,), (there,) = records(client, EAST), records(client, IRELAND)

    assert here["requestID"] == there["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert here["eventID"] != there["eventID"]
    assert (here["awsRegion"], there["awsRegion"]) == (EAST, IRELAND)
    assert here["requestParameters"] == {"keyId": key, "primaryRegion": IRELAND}
    assert here["resources"][0]["ARN"] == arn(EAST, key)
    assert here["responseElements"] == {"keyId": arn(EAST, key)}
    assert "invokedBy" not in here["userIdentity"]


def test_the_record_in_the_new_region_says_kms_and_no_former_region(client, key):
    """CloudTrail log page of UpdatePrimaryRegion: the former Region is in the first record only."""
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)
    (there,) = records(client, IRELAND)

    assert there["userIdentity"]["invokedBy"] == "kms.amazonaws.com"
    assert there["requestParameters"] == {"keyId": arn(IRELAND, key), "primaryRegion": IRELAND}
    assert "resources" not in there
    assert EAST not in json.dumps(there)


def test_a_refused_attempt_is_recorded_with_its_error(kms, client, key):
    kms.set_state(PAYMENTS, IRELAND, key, "Disabled")
    refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)
    (record,) = records(client, EAST)

    assert record["errorCode"] == "DisabledException"
    assert record["errorMessage"] == f"{arn(IRELAND, key)} is disabled."
    assert record["responseElements"] is None
    assert records(client, IRELAND) == []


def test_a_denied_attempt_is_recorded_too(kms, client, key):
    kms.fault("deny", operation="UpdatePrimaryRegion")
    refusal(client(EAST).update_primary_region, KeyId=key, PrimaryRegion=IRELAND)

    assert [record["errorCode"] for record in records(client, EAST)] == ["AccessDeniedException"]


def test_a_move_to_where_the_primary_is_already_leaves_one_success(client, key):
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=EAST)

    (record,) = records(client, EAST)
    assert "errorCode" not in record


def test_a_replication_is_a_replicate_key_here_and_a_create_key_there(client, key):
    """Developer guide, logging."""
    client(EAST).replicate_key(KeyId=key, ReplicaRegion="us-west-2")

    assert [record["eventName"] for record in records(client, EAST, LookupAttributes=[])] == ["ReplicateKey"]
    assert [record["eventName"] for record in records(client, "us-west-2", LookupAttributes=[])] == [
        "CreateKey"
    ]


@pytest.mark.parametrize("form", ["bare id", "ARN"])
def test_records_are_found_by_the_key_as_well(client, key, form):
    client(EAST).update_primary_region(KeyId=key, PrimaryRegion=IRELAND)
    name = key if form == "bare id" else arn(EAST, key)

    found = records(client, EAST, LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": name}])
    assert len(found) == 1


def test_lookup_takes_one_attribute_at_most(client):
    lookup = client(EAST, service="cloudtrail").lookup_events

    assert refusal(lookup, LookupAttributes=BY_NAME * 2)[0] == "InvalidLookupAttributesException"


def test_events_come_newest_first_50_a_page_and_within_the_times_asked(kms, client):
    keys = [kms.seed_set(PAYMENTS, alias=None) for _ in range(60)]
    for each in keys:
        client(EAST).update_primary_region(KeyId=each, PrimaryRegion=EAST)
    trail = client(EAST, service="cloudtrail")
    pages = [
        page["Events"] for page in trail.get_paginator("lookup_events").paginate(LookupAttributes=BY_NAME)
    ]
    details = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page]
    named = [detail["requestParameters"]["keyId"] for detail in details]

    assert [len(page) for page in pages] == [50, 10]
    assert named == keys[::-1]
    assert trail.lookup_events(StartTime=datetime.now(UTC) + timedelta(minutes=1))["Events"] == []
    assert trail.lookup_events(EndTime=datetime.now(UTC) - timedelta(minutes=1))["Events"] == []
