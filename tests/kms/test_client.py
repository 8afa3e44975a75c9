from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from keyconsole.kms import errors
from keyconsole.kms.facts import AliasFacts, KeyArn, NotMultiRegion
from keyconsole.kms.sessions import AccountSession, CredentialSource, Source, connect
from tests.kms.stub import ACCOUNT, StubAws, says

KEY = KeyArn.parse(f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAY_ACCESS_KEY_ID", "AKIASTATIC")
    monkeypatch.setenv("PAY_SECRET_ACCESS_KEY", "secret")


@pytest.fixture
def session(stub: StubAws) -> Iterator[AccountSession]:
    credential_source = CredentialSource(Source.ENV_KEYS, env_prefix="PAY", endpoint_url=stub.url)
    with connect(credential_source, account_id=ACCOUNT) as session:
        yield session


def key(number: int) -> dict[str, str]:
    return {"KeyId": f"mrk-{number}", "KeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-{number}"}


def pages(*items: dict[str, Any]) -> list[Any]:
    return [says(200, item) for item in items]


def test_keys_are_listed_by_the_thousand_to_the_last_page(stub: StubAws, session: AccountSession):
    """A page may be short, or empty, while more follow (API model)."""
    stub.answers["ListKeys"] = pages(
        {"Keys": [key(1), key(2)], "Truncated": True, "NextMarker": "a"},
        {"Keys": [], "Truncated": True, "NextMarker": "b"},
        {"Keys": [key(3)], "Truncated": False},
    )
    assert [listed.key_id for listed in session.kms("us-east-1").list_keys()] == ["mrk-1", "mrk-2", "mrk-3"]
    asked = [(request["Limit"], request.get("Marker")) for request in stub.sent("ListKeys")]
    assert asked == [(1000, None), (1000, "a"), (1000, "b")]


def test_a_key_that_another_account_shares_is_not_listed_as_ours(stub: StubAws, session: AccountSession):
    """ListKeys knows keys that are shared through Resource Access Manager (API model, 2026)."""
    shared = {"KeyId": "mrk-9", "KeyArn": "arn:aws:kms:us-east-1:999900001111:key/mrk-9"}
    stub.answers["ListKeys"] = pages(
        {"Keys": [key(1), shared], "Truncated": True, "NextMarker": "a"},
        {"Keys": [shared], "Truncated": False},
    )
    assert [listed.key_id for listed in session.kms("us-east-1").list_keys()] == ["mrk-1"]


def test_a_marker_that_comes_twice_ends_the_listing_with_an_error(stub: StubAws, session: AccountSession):
    stub.answers["ListKeys"] = says(200, {"Keys": [], "Truncated": True, "NextMarker": "a"})
    with pytest.raises(errors.UnknownAnswer, match="same page marker"):
        session.kms("us-east-1").list_keys()
    assert stub.counts["ListKeys"] == 2


def test_the_aliases_of_one_key_are_asked_for_by_its_arn(stub: StubAws, session: AccountSession):
    first = {"AliasName": "alias/cards", "TargetKeyId": KEY.key_id}
    stub.answers["ListAliases"] = pages(
        {"Aliases": [first], "Truncated": True, "NextMarker": "a"},
        {"Aliases": [{"AliasName": "alias/a", "TargetKeyId": KEY.key_id}], "Truncated": False},
    )
    assert session.kms("us-east-1").aliases_of(KEY) == ("alias/a", "alias/cards")


def test_aliases_are_asked_for_by_the_hundred_and_without_a_key(stub: StubAws, session: AccountSession):
    stub.answers["ListAliases"] = says(
        200,
        {
            "Aliases": [
                {"AliasName": "alias/aws/s3", "AliasArn": "arn:aws:kms:us-east-1:1:alias/aws/s3"},
                {"AliasName": "alias/cards", "TargetKeyId": KEY.key_id},
            ]
        },
    )
    assert session.kms("us-east-1").list_aliases() == [AliasFacts("alias/cards", KEY.key_id)]
    (request,) = stub.sent("ListAliases")
    assert request["Limit"] == 100
    assert "KeyId" not in request


def test_tags_and_policy_and_rotation_are_asked_for_by_full_arn(stub: StubAws, session: AccountSession):
    stub.answers |= {
        "ListResourceTags": pages(
            {"Tags": [{"TagKey": "team", "TagValue": "pay"}], "Truncated": True, "NextMarker": "a"},
            {"Tags": [{"TagKey": "env", "TagValue": "prod"}], "Truncated": False},
        ),
        "GetKeyPolicy": says(200, {"Policy": '{"Statement": []}', "PolicyName": "default"}),
        "GetKeyRotationStatus": says(200, {"KeyRotationEnabled": True, "RotationPeriodInDays": 90}),
    }
    kms = session.kms("us-east-1")
    assert kms.list_resource_tags(KEY) == {"team": "pay", "env": "prod"}
    assert kms.get_key_policy(KEY) == '{"Statement": []}'
    assert kms.get_key_rotation_status(KEY).period_days == 90
    assert {request["KeyId"] for request in stub.requests if "KeyId" in request} == {str(KEY)}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"KeyMetadata": {}},
        {"KeyMetadata": {"KeyId": "x", "Arn": "nonsense", "MultiRegion": True}},
        {"KeyMetadata": {"KeyId": "x", "Arn": str(KEY), "MultiRegion": True, "KeyState": "Asleep"}},
    ],
)
def test_an_answer_of_another_shape_is_an_error_of_ours(
    stub: StubAws, session: AccountSession, answer: dict[str, Any]
):
    stub.answers["DescribeKey"] = says(200, answer)
    with pytest.raises(errors.UnknownAnswer) as caught:
        session.kms("us-east-1").describe_key(KEY)
    assert caught.value.key == KEY


def test_a_single_region_key_is_told_apart(stub: StubAws, session: AccountSession):
    stub.answers["DescribeKey"] = says(
        200, {"KeyMetadata": {"KeyId": "x", "Arn": str(KEY), "MultiRegion": False}}
    )
    with pytest.raises(NotMultiRegion):
        session.kms("us-east-1").describe_key(KEY)


def test_a_body_that_cannot_be_read_is_not_quoted(stub: StubAws, session: AccountSession):
    stub.answers["GetCallerIdentity"] = lambda handler: handler.reply(200, "not xml: s3cret", {})
    credential_source = CredentialSource(Source.ENV_KEYS, env_prefix="PAY", endpoint_url=stub.url)
    with pytest.raises(errors.UnknownAnswer, match="The answer is unreadable") as caught:
        connect(credential_source, account_id=ACCOUNT)
    assert "s3cret" not in str(caught.value)
