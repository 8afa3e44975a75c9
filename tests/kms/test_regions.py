from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from keyconsole.kms import errors
from keyconsole.kms.regions import home_region, known_partitions, known_regions, partition_of
from keyconsole.kms.sessions import AccountSession, CredentialSource, Source, _Clients, connect
from tests.kms.stub import ACCOUNT, Answer, StubAws, refuses, says, says_xml

ROLE = f"arn:aws:iam::{ACCOUNT}:role/KeyConsole"
WAY_IN = CredentialSource(source=Source.ENV_KEYS, env_prefix="PAY")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAY_ACCESS_KEY_ID", "AKIASTATIC")
    monkeypatch.setenv("PAY_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def session(stub: StubAws) -> Iterator[AccountSession]:
    with connect(replace(WAY_IN, endpoint_url=stub.url), account_id=ACCOUNT) as session:
        yield session


def described(*regions: str) -> str:
    items = "".join(f"<item><regionName>{region}</regionName></item>" for region in regions)
    return f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"


def ec2_refusal(code: str) -> str:
    return f"<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"


def test_every_partition_has_its_own_regions():
    assert {"us-east-1", "eu-west-1", "ap-east-1"} <= set(known_regions())
    assert known_regions("aws-cn") == ("cn-north-1", "cn-northwest-1")
    assert known_regions("nowhere") == ()
    everywhere = [region for partition in known_partitions() for region in known_regions(partition)]
    assert len(everywhere) == len(set(everywhere)) > 40


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-east-9", None),
        ("", None),
        ("US-EAST-1", None),
    ],
)
def test_a_region_knows_its_partition_and_an_invented_one_has_none(region: str, partition: str | None):
    assert partition_of(region) == partition


def test_each_partition_has_a_home_and_an_unknown_one_has_none():
    assert home_region() == home_region("aws") == "us-east-1"
    assert partition_of(home_region("aws-cn")) == "aws-cn"
    with pytest.raises(ValueError, match="nowhere"):
        home_region("nowhere")


def test_the_enabled_regions_are_those_of_the_account_that_have_kms(aws_url: str):
    credential_source = replace(WAY_IN, endpoint_url=aws_url, role_arn=ROLE)
    with connect(credential_source, account_id=ACCOUNT) as session:
        enabled = session.enabled_regions()
    assert {"us-east-1", "eu-west-1"} <= set(enabled) <= set(known_regions())
    assert list(enabled) == sorted(enabled)


def test_a_region_without_kms_is_left_out(stub: StubAws, session: AccountSession):
    stub.answers["DescribeRegions"] = says_xml(described("us-east-1", "us-moon-1", "af-south-1"))
    assert session.enabled_regions() == ("af-south-1", "us-east-1")


def test_where_ec2_is_denied_the_account_service_is_asked(stub: StubAws, session: AccountSession):
    stub.answers["DescribeRegions"] = says_xml(ec2_refusal("UnauthorizedOperation"), status=403)
    stub.answers["ListRegions"] = says(200, {"Regions": [{"RegionName": "eu-west-1"}]})
    assert session.enabled_regions() == ("eu-west-1",)
    (request,) = stub.sent("ListRegions")
    assert request["RegionOptStatusContains"] == ["ENABLED", "ENABLED_BY_DEFAULT"]


def test_where_both_are_denied_it_says_so(stub: StubAws, session: AccountSession):
    stub.answers["DescribeRegions"] = says_xml(ec2_refusal("UnauthorizedOperation"), status=403)
    stub.answers["ListRegions"] = refuses_rest("AccessDeniedException")
    with pytest.raises(errors.AccessDenied) as caught:
        session.enabled_regions()
    assert caught.value.operation == "ListRegions"


def refuses_rest(code: str) -> Answer:
    return says(403, {"message": "no"}, **{"x-amzn-errortype": code})


def test_the_first_region_to_ask_is_the_hint_or_the_home_of_the_role(stub: StubAws):
    with connect(replace(WAY_IN, endpoint_url=stub.url, region_hint="eu-west-1"), account_id=ACCOUNT):
        assert "/eu-west-1/sts/" in stub.sent("GetCallerIdentity")[0]["authorization"]
    china = replace(WAY_IN, endpoint_url=stub.url, role_arn="arn:aws-cn:iam::111122223333:role/x")
    stub.answers["AssumeRole"] = refuses(403, "AccessDenied")
    with pytest.raises(errors.AccessDenied):
        connect(china, account_id=ACCOUNT)
    assert "/cn-northwest-1/sts/" in stub.sent("AssumeRole")[0]["authorization"]


@pytest.mark.parametrize(
    ("credential_source", "region", "endpoint"),
    [
        (WAY_IN, "us-east-1", "https://kms.us-east-1.amazonaws.com"),
        (WAY_IN, "cn-north-1", "https://kms.cn-north-1.amazonaws.com.cn"),
        (replace(WAY_IN, use_fips=True), "us-east-1", "https://kms-fips.us-east-1.amazonaws.com"),
        (replace(WAY_IN, use_dual_stack=True), "us-east-1", "https://kms.us-east-1.api.aws"),
        (replace(WAY_IN, endpoint_url="http://127.0.0.1:9"), "us-east-1", "http://127.0.0.1:9"),
    ],
)
def test_endpoints_are_the_sdk_s_own(credential_source: CredentialSource, region: str, endpoint: str):
    seen: list[str] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        seen.append(request.url)
        return AWSResponse(
            request.url, 200, {}, HTTPResponse(BytesIO(b'{"Keys": []}'), preload_content=False)
        )

    clients = _Clients(credential_source, session_name="test")
    client = clients.get("kms", region)
    client.meta.events.register("before-send", answer)
    client.list_keys()
    clients.close()
    assert [url.rstrip("/") for url in seen] == [endpoint]


def test_a_region_that_cannot_be_one_is_refused(session: AccountSession):
    with pytest.raises(errors.InvalidRequest):
        session.kms("us east 1")


def test_threads_share_one_client_of_each_region(stub: StubAws, session: AccountSession):
    stub.answers["ListKeys"] = says(200, {"Keys": []})
    regions = known_regions()[:6] * 8

    def look(region: str) -> int:
        kms = session.kms(region)
        kms.list_keys()
        return id(kms._client)

    with ThreadPoolExecutor(16) as pool:
        clients = set(pool.map(look, regions))
    assert len(clients) == 6
    assert stub.counts["ListKeys"] == 48
    assert session.calls.by_operation() == {"GetCallerIdentity": 1, "ListKeys": 48}
    assert session.calls.count("ListKeys", regions[0]) == 8
    assert session.calls.total == 49
