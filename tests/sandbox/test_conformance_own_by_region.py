"""Policy, tags, aliases and description belong to one Region each: developer guide, shared properties."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, described, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, alias="card-vault", tags={"owner": "payments"}, description="cards")


def test_an_alias_stays_in_its_region(client, key):
    client(EAST).create_alias(AliasName="alias/second", TargetKeyId=key)
    names = [
        [alias["AliasName"] for alias in client(region).list_aliases(KeyId=key)["Aliases"]]
        for region in (EAST, IRELAND)
    ]

    assert names == [["alias/card-vault", "alias/second"], ["alias/card-vault"]]
    client(IRELAND).delete_alias(AliasName="alias/card-vault")
    assert len(client(EAST).list_aliases()["Aliases"]) == 2


def test_an_alias_exists_once_and_can_be_pointed_elsewhere(kms, client, key):
    other = kms.seed_key(PAYMENTS)
    taken = client(EAST).create_alias

    assert refusal(taken, AliasName="alias/card-vault", TargetKeyId=other)[0] == "AlreadyExistsException"
    client(EAST).update_alias(AliasName="alias/card-vault", TargetKeyId=other)
    assert client(EAST).describe_key(KeyId="alias/card-vault")["KeyMetadata"]["KeyId"] == other
    assert client(IRELAND).describe_key(KeyId="alias/card-vault")["KeyMetadata"]["KeyId"] == key


@pytest.mark.parametrize("name", ["card-vault", "alias/with:colon", "alias/aws/mine"])
def test_an_alias_that_aws_would_not_take_is_refused(client, key, name):
    code, _ = refusal(client(EAST).create_alias, AliasName=name, TargetKeyId=key)

    assert code in ("ValidationException", "NotAuthorizedException")


def test_tags_description_and_policy_stay_in_their_region(client, key):
    here = client(EAST)
    here.tag_resource(KeyId=key, Tags=[{"TagKey": "data-class", "TagValue": "cardholder"}])
    here.untag_resource(KeyId=key, TagKeys=["owner"])
    here.update_key_description(KeyId=key, Description="card numbers")
    here.put_key_policy(KeyId=key, Policy='{"Statement": []}')

    assert here.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "data-class", "TagValue": "cardholder"}]
    there = client(IRELAND)
    assert there.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "owner", "TagValue": "payments"}]
    assert described(client, IRELAND, key)["Description"] == "cards"
    assert there.get_key_policy(KeyId=key)["Policy"] != here.get_key_policy(KeyId=key)["Policy"]


def test_a_policy_that_is_not_json_is_refused(client, key):
    code, _ = refusal(client(EAST).put_key_policy, KeyId=key, Policy="{")

    assert code == "MalformedPolicyDocumentException"
