"""What may be said about an account and the way into it, as a table."""

from __future__ import annotations

from typing import Any

import pytest

from keyconsole.aws_accounts.fields import partition_for, problems, tidy

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/KeyConsole"
FOREIGN = "arn:aws:iam::222233334444:role/KeyConsole"
CHINA = f"arn:aws-cn:iam::{ACCOUNT}:role/KeyConsole"


def found(account_id: str = ACCOUNT, **fields: Any) -> set[str]:
    return set(problems(account_id, tidy({"name": "payments", **fields})))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"role_arn": ROLE},
        {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/some/path/Key_Console+=,.@-"},
        {"role_arn": ROLE, "external_id": "a:b/c=d,e.f@g+h-i_j"},
        {"source": "profile", "profile_name": "payments", "role_arn": ROLE},
        {"source": "profile", "profile_name": "payments", "profile_location": "/etc/keyconsole/aws.ini"},
        {"source": "env-keys", "env_prefix": "PAYMENTS_2"},
        {"source": "web-identity", "web_identity_token_file": "/var/token", "web_identity_role_arn": ROLE},
        {
            "source": "web-identity",
            "web_identity_token_file": "/var/token",
            "web_identity_role_arn": FOREIGN,
            "role_arn": ROLE,
        },
        {"regions": ["us-east-1", "eu-west-1"], "session_name": "keyconsole@example.com"},
        {"regions": ["cn-north-1"], "role_arn": CHINA},
        {"role_arn": CHINA},
        {"endpoint_url": "http://127.0.0.1:18400"},
        {"endpoint_url": "https://vpce-1.kms.us-east-1.vpce.amazonaws.com/"},
        {"name": "Zahlungen (Köln) 💳"},
    ],
)
def test_it_can_stand(fields: dict[str, Any]) -> None:
    assert found(**fields) == set()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "pay\x00ments"}, "name"),
        ({"name": "pay\nments"}, "name"),
        ({"name": "pay\u202ements"}, "name"),
        ({"regions": ["us-east-9"]}, "regions"),
        ({"regions": ["us-east-1", "cn-north-1"]}, "regions"),
        ({"regions": ["US-EAST-1"]}, "regions"),
        ({"regions": ["us-east-1; rm -rf"]}, "regions"),
        ({"source": "magic"}, "source"),
        ({"source": "profile"}, "profile_name"),
        ({"source": "env-keys"}, "env_prefix"),
        ({"source": "env-keys", "env_prefix": "payments"}, "env_prefix"),
        ({"source": "env-keys", "env_prefix": "AKIAIOSFODNN7EXAMPLE"}, "env_prefix"),
        ({"source": "env-keys", "env_prefix": "2PAYMENTS"}, "env_prefix"),
        ({"source": "env-keys", "env_prefix": "PAY-MENTS"}, "env_prefix"),
        ({"source": "web-identity", "web_identity_role_arn": ROLE}, "web_identity_token_file"),
        ({"source": "web-identity", "web_identity_token_file": "/t"}, "web_identity_role_arn"),
        (
            {"source": "web-identity", "web_identity_token_file": "/t", "web_identity_role_arn": FOREIGN},
            "web_identity_role_arn",
        ),
        ({"role_arn": FOREIGN}, "role_arn"),
        ({"role_arn": f"arn:aws:iam::{ACCOUNT}:user/KeyConsole"}, "role_arn"),
        ({"role_arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/KeyConsole/x"}, "role_arn"),
        ({"role_arn": "KeyConsole"}, "role_arn"),
        ({"role_arn": CHINA, "regions": ["us-east-1"]}, "role_arn"),
        ({"external_id": "secret"}, "external_id"),
        ({"role_arn": ROLE, "external_id": "x"}, "external_id"),
        ({"role_arn": ROLE, "external_id": "with space"}, "external_id"),
        ({"role_arn": ROLE, "external_id": "x" * 1225}, "external_id"),
        ({"session_name": "a"}, "session_name"),
        ({"session_name": "with space"}, "session_name"),
        ({"endpoint_url": "kms.example.com"}, "endpoint_url"),
        ({"endpoint_url": "ftp://kms.example.com"}, "endpoint_url"),
        ({"endpoint_url": "file:///etc/passwd"}, "endpoint_url"),
        ({"endpoint_url": "https://user:secret@kms.example.com"}, "endpoint_url"),
        ({"endpoint_url": "https://kms.example.com/?x=1"}, "endpoint_url"),
        ({"endpoint_url": "https://kms.example.com/#x"}, "endpoint_url"),
        ({"endpoint_url": "https://kms.example.com:99999"}, "endpoint_url"),
        ({"endpoint_url": "https://[::1"}, "endpoint_url"),
    ],
)
def test_it_cannot_stand(fields: dict[str, Any], field: str) -> None:
    assert found(**fields) == {field}


@pytest.mark.parametrize(
    "account_id", ["", "1", "11112222333", "1111222233334", "11112222333a", "١١١١٢٢٢٢٣٣٣٣", "x" * 5000]
)
def test_an_account_number_has_twelve_digits(account_id: str) -> None:
    assert found(account_id) == {"account_id"}


def test_what_belongs_to_another_source_is_left_out() -> None:
    entered = tidy({"name": " payments ", "source": "profile", "profile_name": "p", "env_prefix": "OLD"})
    assert (entered["name"], entered["profile_name"], entered["env_prefix"]) == ("payments", "p", "")


def test_regions_are_kept_once_and_in_order() -> None:
    assert tidy({"regions": ["us-east-1", " eu-west-1", "", "us-east-1"]})["regions"] == [
        "eu-west-1",
        "us-east-1",
    ]


@pytest.mark.parametrize(
    ("fields", "partition"),
    [
        ({"regions": ["us-gov-west-1"]}, "aws-us-gov"),
        ({"role_arn": CHINA}, "aws-cn"),
        ({}, "aws"),
    ],
)
def test_the_partition_follows_from_what_was_said(fields: dict[str, Any], partition: str) -> None:
    assert partition_for(tidy(fields)) == partition
