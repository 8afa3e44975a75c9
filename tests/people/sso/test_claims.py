"""What a claim of groups says: present, empty and absent are three answers."""

from __future__ import annotations

import pytest

from keyconsole.people.models import GroupsAnswer
from keyconsole.people.sso.oidc.claims import groups_of


@pytest.mark.parametrize(
    ("claims", "answer", "names"),
    [
        ({"groups": ["viewers", "security"]}, GroupsAnswer.PRESENT, {"viewers", "security"}),
        ({"groups": "viewers"}, GroupsAnswer.PRESENT, {"viewers"}),
        ({"groups": []}, GroupsAnswer.EMPTY, set()),
        ({}, GroupsAnswer.ABSENT, set()),
        ({"groups": None}, GroupsAnswer.ABSENT, set()),
        ({"groups": ""}, GroupsAnswer.ABSENT, set()),
        ({"groups": ["viewers", 7]}, GroupsAnswer.ABSENT, set()),
        ({"groups": {"viewers": True}}, GroupsAnswer.ABSENT, set()),
        ({"groups": [" ", "\x00", "x" * 999]}, GroupsAnswer.PRESENT, set()),
    ],
)
def test_an_empty_list_is_an_answer_and_what_is_no_list_of_names_is_none(
    claims: dict[str, object], answer: GroupsAnswer, names: set[str]
) -> None:
    said = groups_of(claims)
    assert (said.answer, set(said.names)) == (answer, names)
