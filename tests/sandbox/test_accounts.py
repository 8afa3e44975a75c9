"""Accounts by sts:AssumeRole, Regions, Organizations, and requests that are not AWS's at all."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from keyconsole.sandbox.state import DEFAULT_ENABLED_REGIONS
from tests.patience import PATIENCE
from tests.sandbox.conftest import PAYMENTS, RESEARCH, refusal


def assumed(client, account=RESEARCH):
    arn = f"arn:aws:iam::{account}:role/KeyConsole"
    given = client(service="sts").assume_role(RoleArn=arn, RoleSessionName="keyconsole-ana")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def test_an_assumed_role_works_in_the_account_of_the_role(kms, client):
    key = kms.seed_set(RESEARCH)
    credentials = assumed(client)

    identity = client(service="sts", **credentials).get_caller_identity()
    assert identity["Account"] == RESEARCH
    assert identity["Arn"] == f"arn:aws:sts::{RESEARCH}:assumed-role/KeyConsole/keyconsole-ana"
    assert [listed["KeyId"] for listed in client(**credentials).list_keys()["Keys"]] == [key]


def test_the_trail_names_the_session(kms, client):
    key = kms.seed_set(RESEARCH)
    credentials = assumed(client)
    client(**credentials).update_primary_region(KeyId=key, PrimaryRegion="eu-west-1")

    (event,) = client("us-east-1", service="cloudtrail", **credentials).lookup_events()["Events"]
    assert event["Username"] == "keyconsole-ana"


def test_a_deny_of_the_role_meets_its_sessions(kms, client):
    role = f"arn:aws:iam::{RESEARCH}:role/KeyConsole"
    deny = f'{{"Statement": {{"Effect": "Deny", "Principal": {{"AWS": "{role}"}}, "Action": "kms:*"}}}}'
    key = kms.seed_set(RESEARCH, policy=deny)

    assert refusal(client(**assumed(client)).describe_key, KeyId=key)[0] == "AccessDeniedException"
    assert client(account=RESEARCH).describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key


def test_regions_are_listed_by_ec2_and_by_account(kms, client):
    kms.desk.enabled_regions[RESEARCH] = ("eu-west-1", "us-east-1")
    listed = client(service="account").list_regions()["Regions"]
    described = client(service="ec2", account=RESEARCH).describe_regions()["Regions"]

    assert [region["RegionName"] for region in listed] == list(DEFAULT_ENABLED_REGIONS)
    assert [region["RegionName"] for region in described] == ["eu-west-1", "us-east-1"]


def test_an_organization_can_be_made_and_listed(client):
    organizations = client(service="organizations")
    organizations.create_organization(FeatureSet="ALL")

    assert [account["Id"] for account in organizations.list_accounts()["Accounts"]] == [PAYMENTS]


def test_what_the_sandbox_lacks_is_said_in_a_clear_error(client):
    assert refusal(client().list_key_policies, KeyId="mrk-" + "0" * 32)[0] == "NotFoundException"
    assert refusal(client().describe_custom_key_stores) == (
        "UnknownOperationException",
        "The sandbox has no kms:DescribeCustomKeyStores.",
    )


def test_a_region_that_does_not_exist_is_refused(client):
    assert refusal(client("us-east-9").list_keys)[0] == "InvalidSignatureException"


def test_an_unsigned_request_is_refused(kms):
    with closing(HTTPConnection(urlsplit(kms.url).netloc, timeout=PATIENCE)) as connection:
        connection.request("POST", "/", "{}", {"X-Amz-Target": "TrentService.ListKeys"})
        response = connection.getresponse()

        assert response.status == 400
        assert b"MissingAuthenticationToken" in response.read()


def test_a_key_that_was_never_made_here_belongs_to_the_user_desk(client):
    identity = client(service="sts", account=RESEARCH).get_caller_identity()

    assert identity["Arn"] == f"arn:aws:iam::{RESEARCH}:user/desk"


def test_an_iam_user_keeps_its_own_name(client):
    iam = client(service="iam", account=RESEARCH)
    iam.create_user(UserName="ana")
    made = iam.create_access_key(UserName="ana")["AccessKey"]
    keys = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}

    assert client(service="sts", **keys).get_caller_identity()["Arn"].endswith(f"{RESEARCH}:user/ana")
