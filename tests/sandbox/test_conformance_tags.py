"""The rules for tags. Recorded 2025 unless a test says otherwise."""

from __future__ import annotations

import pytest

from keyconsole.sandbox.server import Sandbox
from tests.sandbox.conftest import PAYMENTS, arn, refusal

EAST = "us-east-1"


@pytest.fixture
def key(kms: Sandbox) -> str:
    return kms.seed_set(PAYMENTS, replicas=("eu-west-1",))


def tags(**values: str) -> list[dict[str, str]]:
    return [{"TagKey": name, "TagValue": value} for name, value in values.items()]


def ways(client, key):
    """The three ways in which a key gets its tags."""
    here = client(EAST)
    return {
        "TagResource": lambda given: here.tag_resource(KeyId=key, Tags=given),
        "CreateKey": lambda given: here.create_key(Tags=given),
        "ReplicateKey": lambda given: here.replicate_key(KeyId=key, ReplicaRegion="us-west-2", Tags=given),
    }


@pytest.fixture(params=["TagResource", "CreateKey", "ReplicateKey"])
def tag(request, client, key):
    return ways(client, key)[request.param]


@pytest.mark.parametrize("name", ["aws:owner", "AWS:owner", "Aws:owner"])
def test_keys_that_begin_with_aws_are_reserved(tag, name):
    assert refusal(lambda: tag([{"TagKey": name, "TagValue": "x"}])) == (
        "TagException",
        "Tags beginning with aws: are reserved",
    )


@pytest.mark.parametrize(("name", "value"), [("owner", "My & My Team"), ("a;b", "x"), ("owner", "a,b")])
def test_other_characters_make_the_tag_invalid(tag, name, value):
    """A public report of 2023 has the first of these, its code and its sentence."""
    assert refusal(lambda: tag([{"TagKey": name, "TagValue": value}])) == ("TagException", "Invalid tag")


def test_letters_digits_spaces_and_eight_signs_are_taken(client, key):
    """General reference, tag naming limits."""
    given = [{"TagKey": "Größe 1 _.:/=+-@", "TagValue": "日本 _.:/=+-@"}]
    client(EAST).tag_resource(KeyId=key, Tags=given)

    assert client(EAST).list_resource_tags(KeyId=key)["Tags"] == given


def test_a_tag_key_comes_once(tag):
    assert refusal(lambda: tag(tags(owner="a") + tags(owner="b"))) == ("TagException", "Duplicate tag keys")


def test_tag_keys_tell_capital_letters(client, key):
    """API model: case-sensitive."""
    client(EAST).tag_resource(KeyId=key, Tags=tags(owner="a", Owner="b"))

    assert len(client(EAST).list_resource_tags(KeyId=key)["Tags"]) == 2


def test_a_key_has_50_tags_at_most(tag, client):
    fifty = tags(**{f"tag{number}": "x" for number in range(50)})
    tag(fifty)

    assert refusal(lambda: client(EAST).create_key(Tags=fifty + tags(more="x"))) == (
        "TagException",
        "Too many tags",
    )


def test_tags_that_are_there_already_count(client, key):
    client(EAST).tag_resource(KeyId=key, Tags=tags(**{f"tag{number}": "x" for number in range(50)}))
    client(EAST).tag_resource(KeyId=key, Tags=tags(tag0="again"))

    assert refusal(client(EAST).tag_resource, KeyId=key, Tags=tags(more="x")) == (
        "TagException",
        "Too many tags",
    )
    assert len(client(EAST).list_resource_tags(KeyId=key)["Tags"]) == 50


def test_a_tag_key_has_128_characters_and_a_value_256(tag):
    tag([{"TagKey": "k" * 128, "TagValue": "v" * 256}, {"TagKey": "empty", "TagValue": ""}])


def test_longer_ones_are_refused_by_their_place(tag):
    words = "failed to satisfy constraint: Member must have length less than or equal to"
    long_key, long_value = "k" * 129, "v" * 257

    assert refusal(lambda: tag([*tags(owner="a"), {"TagKey": long_key, "TagValue": "x"}])) == (
        "ValidationException",
        f"1 validation error detected: Value '{long_key}' at 'tags.2.member.tagKey' {words} 128",
    )
    assert refusal(lambda: tag([{"TagKey": "owner", "TagValue": long_value}])) == (
        "ValidationException",
        f"1 validation error detected: Value '{long_value}' at 'tags.1.member.tagValue' {words} 256",
    )


def test_nothing_is_tagged_where_one_tag_is_refused(client, key):
    refusal(
        client(EAST).tag_resource, KeyId=key, Tags=[*tags(owner="a"), {"TagKey": "aws:x", "TagValue": "b"}]
    )

    assert client(EAST).list_resource_tags(KeyId=key)["Tags"] == []


def test_tags_are_edited_and_added_by_one_call(client, key):
    client(EAST).tag_resource(KeyId=key, Tags=tags(one="1", two="2"))
    client(EAST).tag_resource(KeyId=key, Tags=tags(two="again", three="3"))

    listed = {tag["TagKey"]: tag["TagValue"] for tag in client(EAST).list_resource_tags(KeyId=key)["Tags"]}
    assert listed == {"one": "1", "two": "again", "three": "3"}


def test_a_tag_that_is_not_there_is_removed_without_an_error(client, key):
    """API model of UntagResource."""
    client(EAST).tag_resource(KeyId=key, Tags=tags(one="1"))
    client(EAST).untag_resource(KeyId=key, TagKeys=["one", "none"])

    assert client(EAST).list_resource_tags(KeyId=key)["Tags"] == []


def test_a_key_pending_deletion_keeps_its_tags(client, key):
    """Recorded 2026-09-12."""
    client("eu-west-1").schedule_key_deletion(KeyId=key)

    assert refusal(client("eu-west-1").untag_resource, KeyId=key, TagKeys=["one"]) == (
        "KMSInvalidStateException",
        f"{arn('eu-west-1', key)} is pending deletion.",
    )


def test_a_replica_made_without_tags_says_nothing_of_them(client, key):
    """Recorded 2026-09-12."""
    assert "ReplicaTags" not in client(EAST).replicate_key(KeyId=key, ReplicaRegion="us-west-2")
