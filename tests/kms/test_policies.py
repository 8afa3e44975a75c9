from __future__ import annotations

import json
from typing import Any

import pytest

from keyconsole.kms.policies import Denial, explicit_deny, policy_digest

ACTION = "kms:UpdatePrimaryRegion"
SESSION = "arn:aws:sts::111122223333:assumed-role/KeyConsole/ana"
ROLE = "arn:aws:iam::111122223333:role/security/KeyConsole"
ROOT = "arn:aws:iam::111122223333:root"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def deny(**changes: Any) -> dict[str, Any]:
    statement = {"Sid": "Stop", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    return {name: value for name, value in (statement | changes).items() if value is not None}


def asked(*statements: dict[str, Any], principal: str = SESSION) -> Denial | None:
    return explicit_deny(policy(*statements), action=ACTION, principal=principal)


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "kms:*",
        ACTION,
        "KMS:updateprimaryregion",
        "kms:Update*",
        "kms:UpdatePrimaryRegio?",
        ["kms:Encrypt", "kms:*Region"],
    ],
)
def test_a_deny_of_the_action_is_found(action: str | list[str]):
    assert asked(deny(Action=action)) == Denial("Stop", conditional=False)


@pytest.mark.parametrize("action", ["kms:Encrypt", "kms:UpdatePrimary", "s3:*", "kms:Update?Region", []])
def test_a_deny_of_another_action_is_not(action: str | list[str]):
    assert asked(deny(Action=action)) is None


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": SESSION},
        {"AWS": ROLE},
        {"AWS": "arn:aws:iam::111122223333:role/KeyConsole"},
        {"AWS": ROOT},
        {"AWS": "111122223333"},
        {"AWS": ["arn:aws:iam::222233334444:root", ROOT]},
    ],
)
def test_a_deny_of_the_caller_its_role_or_its_account_is_found(principal: Any):
    assert asked(deny(Principal=principal)) == Denial("Stop", conditional=False)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::222233334444:root"},
        {"AWS": "arn:aws:iam::111122223333:role/Other"},
        {"AWS": "arn:aws:iam::111122223333:user/KeyConsole"},
        {"AWS": "arn:aws:sts::111122223333:assumed-role/KeyConsole/ben"},
        {"Service": "logs.amazonaws.com"},
        {"AWS": "AROAEXAMPLE"},
    ],
)
def test_a_deny_of_somebody_else_is_not(principal: Any):
    assert asked(deny(Principal=principal)) is None


@pytest.mark.parametrize(
    ("spared", "expected"),
    [
        ("*", None),
        ({"AWS": [SESSION, ROLE, ROOT]}, None),
        ({"AWS": [SESSION, ROLE, "111122223333"]}, None),
        ({"AWS": [ROLE, ROOT]}, Denial("Stop", conditional=True)),
        ({"AWS": ROOT}, Denial("Stop", conditional=True)),
        ({"AWS": "arn:aws:iam::111122223333:role/Other"}, Denial("Stop", conditional=False)),
    ],
)
def test_not_principal_spares_only_who_is_named_with_role_and_account(spared: Any, expected: Denial | None):
    assert asked(deny(Principal=None, NotPrincipal=spared)) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [(ACTION, None), ("kms:Update*", None), ("kms:Encrypt", Denial("Stop", conditional=False))],
)
def test_not_action_denies_everything_else(action: str, expected: Denial | None):
    assert asked(deny(Action=None, NotAction=action)) == expected


def test_a_condition_makes_it_possible_and_not_certain():
    condition = {"StringNotLike": {"kms:PrimaryRegion": "eu-*"}}
    assert asked(deny(Condition=condition)) == Denial("Stop", conditional=True)


def test_a_certain_deny_counts_more_than_an_earlier_possible_one():
    possible = deny(Sid="Perhaps", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    assert asked(possible, deny(Sid="Certain")) == Denial("Certain", conditional=False)


def test_a_statement_without_a_name_is_named_by_its_number():
    assert asked(deny(Effect="Allow"), deny(Sid=None)) == Denial("statement 2", conditional=False)


def test_an_allow_is_never_a_deny_and_one_statement_needs_no_list():
    single = json.dumps({"Statement": deny()})
    assert asked(deny(Effect="Allow")) is None
    assert explicit_deny(single, action=ACTION, principal=SESSION) == Denial("Stop", conditional=False)


def test_a_user_is_met_by_its_own_arn_and_its_account():
    user = "arn:aws-cn:iam::111122223333:user/ana"
    assert asked(deny(Principal={"AWS": user}), principal=user) == Denial("Stop", conditional=False)
    assert asked(deny(Principal={"AWS": ROOT}), principal=user) is None


@pytest.mark.parametrize("text", ["", "not json", "[]", "3"])
def test_what_is_no_policy_is_refused(text: str):
    with pytest.raises(ValueError, match="The key policy is not"):
        explicit_deny(text, action=ACTION, principal=SESSION)


def test_a_principal_that_is_no_arn_is_refused():
    with pytest.raises(ValueError, match="not an ARN"):
        asked(deny(), principal="ana")


def test_the_digest_ignores_white_space_and_order_of_names_and_nothing_else():
    first = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Sid": "é"}]}'
    same = '{\n "Statement":[{"Sid":"\\u00e9","Effect":"Deny"}],"Version":"2012-10-17"}'
    other = first.replace("Deny", "Allow")
    assert policy_digest(first) == policy_digest(same)
    assert policy_digest(first) != policy_digest(other)
    assert len(policy_digest(first)) == 64
