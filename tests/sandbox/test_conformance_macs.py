"""GenerateMac and VerifyMac. Recorded 2023 and 2026-09-12."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import ClientMaker, arn, refusal

EAST = "us-east-1"
MESSAGE = b"pay 12.00"
LENGTHS = {"HMAC_224": 28, "HMAC_256": 32, "HMAC_384": 48, "HMAC_512": 64}
INVALID = ("KMSInvalidMacException", "")


def algorithm_of(spec: str) -> str:
    return spec.replace("HMAC_", "HMAC_SHA_")


@pytest.fixture
def hmac(client: ClientMaker):
    def make(spec: str = "HMAC_256") -> str:
        made = client(EAST).create_key(KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")
        return str(made["KeyMetadata"]["KeyId"])

    return make


@pytest.mark.parametrize("spec", LENGTHS)
def test_a_mac_repeats_has_its_length_and_can_be_verified(client, hmac, spec):
    key = hmac(spec)
    how = {"KeyId": key, "Message": MESSAGE, "MacAlgorithm": algorithm_of(spec)}
    first, second = client(EAST).generate_mac(**how), client(EAST).generate_mac(**how)
    verified = client(EAST).verify_mac(Mac=first["Mac"], **how)

    assert first["Mac"] == second["Mac"]
    assert len(first["Mac"]) == LENGTHS[spec]
    assert first["KeyId"] == verified["KeyId"] == arn(EAST, key)
    assert first["MacAlgorithm"] == verified["MacAlgorithm"] == algorithm_of(spec)
    assert verified["MacValid"] is True


@pytest.mark.parametrize("dry", [False, True])
def test_a_mac_that_does_not_fit_is_an_error_also_in_a_dry_run(client, hmac, dry):
    how = {"KeyId": hmac(), "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256", "DryRun": dry}

    for mac in (b"x" * 32, b"x"):
        assert refusal(client(EAST).verify_mac, Mac=mac, **how) == INVALID


@pytest.mark.parametrize("operation", ["generate_mac", "verify_mac"])
def test_an_algorithm_of_another_length_is_the_wrong_usage(client, hmac, operation):
    how = {"KeyId": hmac(), "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_512"}
    more = {"Mac": b"x"} if operation == "verify_mac" else {}

    assert refusal(getattr(client(EAST), operation), **how, **more) == (
        "InvalidKeyUsageException",
        "Algorithm HMAC_SHA_512 is incompatible with key spec HMAC_256.",
    )


def test_an_algorithm_that_does_not_exist_is_a_validation_error(client, hmac):
    code, message = refusal(client(EAST).generate_mac, KeyId=hmac(), Message=MESSAGE, MacAlgorithm="INVALID")

    assert code == "ValidationException"
    assert message.startswith(
        "1 validation error detected: Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: "
        "Member must satisfy enum value set: ["
    )


def test_a_message_of_4096_bytes_is_the_longest_and_an_empty_one_none(client, hmac):
    how = {"KeyId": hmac(), "MacAlgorithm": "HMAC_SHA_256"}

    assert len(client(EAST).generate_mac(Message=b"x" * 4096, **how)["Mac"]) == 32
    assert refusal(client(EAST).generate_mac, Message=b"", **how) == (
        "ValidationException",
        (
            "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1"
        ),
    )


def test_a_key_for_something_else_makes_no_mac(client):
    key = client(EAST).create_key()["KeyMetadata"]["KeyId"]

    assert refusal(client(EAST).generate_mac, KeyId=key, Message=MESSAGE, MacAlgorithm="HMAC_SHA_256") == (
        "InvalidKeyUsageException",
        f"{arn(EAST, key)} key usage is ENCRYPT_DECRYPT which is not valid for GenerateMac.",
    )


def test_a_malformed_id_is_not_found(client):
    how = {"KeyId": "key_id", "Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"}

    assert refusal(client(EAST).generate_mac, **how) == ("NotFoundException", "Invalid keyId 'key_id'")
    assert refusal(client(EAST).verify_mac, Mac=b"x", **how) == (
        "NotFoundException",
        "Invalid keyId 'key_id'",
    )
