"""The Resource Groups Tagging API for KMS keys: recorded 2026-09-27 of other resources."""

from __future__ import annotations

import json

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, RESEARCH, ClientMaker, arn, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
INVALID = "InvalidParameterException"


@pytest.fixture
def tagging(client: ClientMaker):
    return lambda region=EAST, **more: client(region, service="resourcegroupstaggingapi", **more)


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, tags={"owner": "payments", "class": "cardholder"})


def shown(answer):
    return {
        entry["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in entry["Tags"]}
        for entry in answer["ResourceTagMappingList"]
    }


def test_tagged_keys_of_the_region_are_listed_and_untagged_ones_are_not(kms, tagging, key):
    kms.seed_set(PAYMENTS, alias="plain")
    kms.seed_set(RESEARCH, tags={"owner": "research"})
    answer = tagging().get_resources()

    assert shown(answer) == {arn(EAST, key): {"owner": "payments", "class": "cardholder"}}
    assert answer["PaginationToken"] == ""
    assert shown(tagging(IRELAND).get_resources()).keys() == {arn(IRELAND, key)}


def test_a_key_that_lost_its_tags_is_still_listed_without_any(client, tagging, key):
    client(EAST).untag_resource(KeyId=key, TagKeys=["owner", "class"])

    assert shown(tagging().get_resources()) == {arn(EAST, key): {}}


def test_filters_are_met_all_and_their_values_any(kms, tagging, key):
    """API model of TagFilters."""
    other = kms.seed_set(PAYMENTS, alias="other", tags={"owner": "research", "class": "cardholder"})

    def found(*filters):
        return set(shown(tagging().get_resources(TagFilters=list(filters))))

    ours, theirs = arn(EAST, key), arn(EAST, other)
    assert found({"Key": "class"}) == {ours, theirs}
    assert found({"Key": "owner", "Values": ["payments", "archive"]}) == {ours}
    assert found({"Key": "owner", "Values": ["research"]}, {"Key": "class", "Values": ["cardholder"]}) == {
        theirs
    }
    assert found({"Key": "owner", "Values": ["payments"]}, {"Key": "cost"}) == set()


@pytest.mark.parametrize(
    ("types", "found"), [(["kms"], 1), (["kms:key"], 1), (["s3", "ec2:instance"], 0), (["s3", "kms:key"], 1)]
)
def test_resource_types_are_a_service_or_a_service_and_a_type(tagging, key, types, found):
    assert len(shown(tagging().get_resources(ResourceTypeFilters=types))) == found


def test_resources_are_asked_for_by_arn_and_those_that_are_missing_left_out(kms, tagging, key):
    plain = kms.seed_set(PAYMENTS, alias="plain")
    asked = [arn(EAST, key), arn(EAST, plain), arn(EAST, "mrk-" + "0" * 32), arn(IRELAND, key)]

    assert shown(tagging().get_resources(ResourceARNList=asked)).keys() == {arn(EAST, key)}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"ResourcesPerPage": 1}, "Page size is not supported with ResourceARNList."),
        ({"TagFilters": [{"Key": "a"}]}, "Filters is not allowed when providing a resource list."),
        (
            {"ResourceTypeFilters": ["kms"]},
            "ResourceTypeFilters is not allowed when providing a ResourceARNList.",
        ),
    ],
)
def test_a_list_of_arns_stands_alone(tagging, key, more, message):
    assert refusal(tagging().get_resources, ResourceARNList=[arn(EAST, key)], **more) == (INVALID, message)


def test_pages_have_a_token_until_one_comes_that_is_not_full(kms, tagging):
    keys = {arn(EAST, kms.seed_set(PAYMENTS, alias=None, tags={"a": str(number)})) for number in range(3)}
    pages: list[list[str]] = []
    token = ""
    while not pages or token:
        answer = tagging().get_resources(ResourcesPerPage=1, PaginationToken=token)
        pages.append(list(shown(answer)))
        token = answer["PaginationToken"]

    assert [len(page) for page in pages] == [1, 1, 1, 0]
    assert {name for page in pages for name in page} == keys


@pytest.mark.parametrize("size", [0, 101])
def test_a_page_has_1_to_100_resources(tagging, size):
    """API model."""
    assert refusal(tagging().get_resources, ResourcesPerPage=size)[0] == INVALID


def test_pages_by_tags_are_what_the_sandbox_lacks(tagging):
    assert refusal(tagging().get_resources, TagsPerPage=100)[0] == "UnknownOperationException"


def test_compliance_is_told_where_it_is_asked_for(tagging, key):
    """There are no tag policies in the sandbox, so everything complies."""
    (entry,) = tagging().get_resources(IncludeComplianceDetails=True)["ResourceTagMappingList"]

    assert entry["ComplianceDetails"]["ComplianceStatus"] is True
    assert refusal(tagging().get_resources, ExcludeCompliantResources=True) == (
        INVALID,
        "You must specify the IncludeComplianceDetails parameter and set it to true.",
    )
    both = {"IncludeComplianceDetails": True, "ExcludeCompliantResources": True}
    assert shown(tagging().get_resources(**both)) == {}


def test_tags_are_given_and_taken_and_what_failed_is_named(client, tagging, key):
    absent = arn(EAST, "mrk-" + "0" * 32)
    answer = tagging().tag_resources(ResourceARNList=[arn(EAST, key), absent], Tags={"cost": "12"})

    assert answer["FailedResourcesMap"] == {
        absent: {
            "ErrorCode": "NotFoundException",
            "StatusCode": 400,
            "ErrorMessage": f"Key '{absent}' does not exist",
        }
    }
    listed = client(EAST).list_resource_tags(KeyId=key)["Tags"]
    assert {"TagKey": "cost", "TagValue": "12"} in listed
    assert len(listed) == 3
    taken = tagging().untag_resources(ResourceARNList=[arn(EAST, key)], TagKeys=["cost", "none"])
    assert taken["FailedResourcesMap"] == {}
    assert len(client(EAST).list_resource_tags(KeyId=key)["Tags"]) == 2


def test_a_key_that_cannot_be_tagged_fails_with_what_kms_says(kms, client, tagging, key):
    """API model of FailureInfo: the error code of the service that has the resource."""
    client(IRELAND).schedule_key_deletion(KeyId=key)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:TagResource"}
    kms.set_policy(PAYMENTS, EAST, key, json.dumps({"Statement": [deny]}))

    def failed(region):
        answer = tagging(region).tag_resources(ResourceARNList=[arn(region, key)], Tags={"a": "b"})
        return answer["FailedResourcesMap"][arn(region, key)]["ErrorCode"]

    assert failed(IRELAND) == "KMSInvalidStateException"
    assert failed(EAST) == "AccessDeniedException"


def test_only_resources_of_the_region_and_the_account_can_be_tagged(kms, tagging, key):
    """API model of TagResources."""
    theirs = arn(EAST, kms.seed_set(RESEARCH), RESEARCH)
    answer = tagging().tag_resources(ResourceARNList=[arn(IRELAND, key), theirs], Tags={"a": "b"})

    assert set(answer["FailedResourcesMap"]) == {arn(IRELAND, key), theirs}


@pytest.mark.parametrize("operation", ["tag_resources", "untag_resources"])
def test_a_malformed_arn_refuses_the_whole_request(client, tagging, key, operation):
    more = {"Tags": {"a": "b"}} if operation == "tag_resources" else {"TagKeys": ["owner"]}

    assert refusal(getattr(tagging(), operation), ResourceARNList=[arn(EAST, key), "invalid"], **more) == (
        INVALID,
        "invalid is not a valid AmazonResourceName (ARN)",
    )
    assert len(client(EAST).list_resource_tags(KeyId=key)["Tags"]) == 2


@pytest.mark.parametrize("operation", ["tag_resources", "untag_resources"])
def test_system_tags_are_not_for_callers(tagging, key, operation):
    more = {"Tags": {"aws:x": "b"}} if operation == "tag_resources" else {"TagKeys": ["aws:x"]}

    assert refusal(getattr(tagging(), operation), ResourceARNList=[arn(EAST, key)], **more) == (
        INVALID,
        "The caller isn't allowed to modify system tags.",
    )


def test_an_empty_map_of_tags_is_refused(tagging, key):
    assert refusal(tagging().tag_resources, ResourceARNList=[arn(EAST, key)], Tags={}) == (
        "ValidationException",
        (
            "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must "
            "have length greater than or equal to 1"
        ),
    )


def test_keys_and_values_in_use_are_listed(kms, tagging, key):
    """API model of GetTagKeys and GetTagValues."""
    kms.seed_set(PAYMENTS, alias="other", tags={"owner": "archive"})

    assert tagging().get_tag_keys()["TagKeys"] == ["class", "owner"]
    assert tagging().get_tag_values(Key="owner")["TagValues"] == ["archive", "payments"]
    assert tagging().get_tag_values(Key="none")["TagValues"] == []


def test_an_empty_type_is_refused(tagging):
    assert refusal(tagging().get_resources, ResourceTypeFilters=[""]) == (
        INVALID,
        " is unsupported ResourceType.",
    )
