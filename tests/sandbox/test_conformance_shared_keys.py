"""ListKeys and the keys that other accounts share: API model of ResourceOwners (2026)."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, RESEARCH, arn, ask, refusal

EAST, IRELAND = "us-east-1", "eu-west-1"
BOTH = ["SELF", "OTHER_ACCOUNTS_VIA_RAM"]


@pytest.fixture
def shared(kms: Sandbox) -> str:
    """A key of research that payments may use in us-east-1."""
    key_id = kms.seed_set(RESEARCH, alias="shared")
    kms.share_key(RESEARCH, EAST, key_id, with_account=PAYMENTS)
    return key_id


def pages(client, **asked):
    answered = [client(EAST).list_keys(**asked)]
    while answered[-1]["Truncated"]:
        answered.append(client(EAST).list_keys(**asked, Marker=answered[-1]["NextMarker"]))
    return [[key["KeyArn"] for key in page["Keys"]] for page in answered]


def test_without_the_question_only_our_own_keys_are_listed(kms, client, shared):
    ours = kms.seed_set(PAYMENTS)

    assert pages(client) == pages(client, ResourceOwners=["SELF"]) == [[arn(EAST, ours)]]


def test_a_shared_key_carries_its_owners_account_in_its_arn(kms, client, shared):
    kms.seed_set(PAYMENTS)
    answer = client(EAST).list_keys(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])

    assert answer["Keys"] == [{"KeyId": shared, "KeyArn": arn(EAST, shared, RESEARCH)}]
    assert client(IRELAND).list_keys(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])["Keys"] == []
    assert client(EAST, account=RESEARCH).list_keys(ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"])["Keys"] == []


@pytest.mark.parametrize("owners", [BOTH, BOTH[::-1]])
def test_with_both_ours_come_first_and_no_page_holds_both_kinds(kms, client, shared, owners):
    ours = sorted(kms.seed_key(PAYMENTS) for _ in range(3))

    assert pages(client, ResourceOwners=owners, Limit=2) == [
        [arn(EAST, ours[0]), arn(EAST, ours[1])],
        [arn(EAST, ours[2])],
        [arn(EAST, shared, RESEARCH)],
    ]


def test_a_page_may_be_empty_while_more_follow(client, shared):
    assert pages(client, ResourceOwners=BOTH) == [[], [arn(EAST, shared, RESEARCH)]]


def test_a_marker_belongs_to_the_owners_that_it_was_given_for(kms, client, shared):
    for _ in range(3):
        kms.seed_key(PAYMENTS)
    marker = client(EAST).list_keys(ResourceOwners=BOTH, Limit=2)["NextMarker"]

    assert refusal(client(EAST).list_keys, Marker=marker, Limit=2)[0] == "InvalidMarkerException"


@pytest.mark.parametrize("owners", [["SELF", "SELF", "SELF"], ["EVERYBODY"]])
def test_owners_that_do_not_exist_are_refused(client, owners):
    assert refusal(client(EAST).list_keys, ResourceOwners=owners)[0] == "ValidationException"


def test_a_key_is_shared_over_http_too(kms, client):
    key = kms.seed_set(RESEARCH)
    told = {"account_id": RESEARCH, "region": EAST, "key_id": key, "with_account": PAYMENTS}

    assert ask(kms, "POST", "/sandbox/shares", told) == (200, {})
    assert pages(client, ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"]) == [[arn(EAST, key, RESEARCH)]]
    assert ask(kms, "POST", "/sandbox/shares", told | {"key_id": "none"})[0] == 400


def test_shared_keys_can_be_made_to_come_unasked(kms, client, shared):
    """A fault: what a reader meets that believes every listed key to be its own account's."""
    ours = kms.seed_set(PAYMENTS)
    kms.fault("shared-unasked", operation="ListKeys")

    assert pages(client) == [[arn(EAST, ours)], [arn(EAST, shared, RESEARCH)]]
    assert pages(client, ResourceOwners=["SELF"]) == [[arn(EAST, ours)]]
