"""Editing how an account with keys is entered: seen, proposed, agreed to by others; without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.policies.models import AccountEdit
from tests.cast import Cast, Inventory, Member, hold, make_key
from tests.conftest import client_of
from tests.web.proposals import PAYMENTS as TWO_TEAMS
from tests.web.proposals import press, queries_beside_the_frame, staffed

pytestmark = pytest.mark.django_db
PAGE = "/accounts/111122223333/"
EDIT = f"{PAGE}edit/"
ROLE = "arn:aws:iam::111122223333:role/KeyConsole"
OTHER = "arn:aws:iam::111122223333:role/Admin"


@pytest.fixture
def cast(cast: Cast) -> Cast:
    staffed(cast)
    hold(TWO_TEAMS)
    AwsAccount.objects.filter(pk=cast.payments.pk).update(role_arn=ROLE, external_id="keyconsole-1")
    return cast


@pytest.fixture(autouse=True)
def _keys(cast: Cast, inventory: Inventory) -> None:
    pass


def sent(**over: Any) -> dict[str, Any]:
    return {"name": "payments", "regions": "", "role_arn": OTHER, "session_name": "", **over}


def propose(client: Client, **over: Any) -> AccountEdit:
    client.post(EDIT, sent(step="propose", why="The role was renamed.", **over))
    return AccountEdit.objects.get(state="proposed")


def role() -> str:
    return AwsAccount.objects.get(account_id="111122223333").role_arn


def words(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_another_role_is_shown_first_and_nothing_is_changed(as_ada: Client) -> None:
    content = words(as_ada, EDIT, sent())
    for expected in (
        "Other credentials for payments",
        ROLE,
        OTHER,
        "not proposed yet",
        "2 known keys",
        "No key falls under other rules by this",
        "1 from platform and 1 from security",
    ):
        assert expected in content
    assert role() == ROLE
    assert not AccountEdit.objects.exists()


def test_the_form_says_beforehand_what_is_proposed(as_ada: Client, cast: Cast) -> None:
    sentence = "the next page shows who has to agree before it is made"
    assert sentence in words(as_ada, EDIT)
    cast.payments.keys.all().delete()
    assert sentence not in words(as_ada, EDIT)


def test_it_is_proposed_with_a_reason_and_what_was_entered(as_ada: Client) -> None:
    found = as_ada.post(EDIT, sent(name="cards")).context["entered"]
    carried = {field.html_name: field.value() or "" for field in found}
    assert "Fill this in." in words(as_ada, EDIT, {**carried, "step": "propose", "why": ""})
    content = words(as_ada, EDIT, {**carried, "step": "propose", "why": "The role was renamed."})
    assert "payments edit 1 is proposed. Nothing is changed until others agree." in content
    assert AccountEdit.objects.get().after == {"name": "cards", "role_arn": OTHER}
    assert role() == ROLE


def test_going_on_writing_loses_nothing(as_ada: Client) -> None:
    answer = as_ada.post(EDIT, sent(step="edit", session_name="desk"))
    assert OTHER in answer.content.decode()
    assert 'value="desk"' in answer.content.decode()


def test_it_is_made_once_both_teams_agreed(as_ada: Client, as_ben: Client, as_bea: Client) -> None:
    edit = propose(as_ada)
    vote = {"edit": edit.number, "sha256": edit.sha256}
    assert "Others are still asked; nothing is changed yet." in words(as_ben, f"{EDIT}agree/", vote)
    assert role() == ROLE
    content = words(as_bea, f"{EDIT}agree/", vote)
    assert "It is made; a test of the connection is asked for." in content
    assert "edit 1 of ada was made" in content
    assert role() == OTHER


def test_its_page_shows_it_to_those_who_decide(as_ada: Client, as_ben: Client) -> None:
    edit = propose(as_ada)
    content = words(as_ben, PAGE)
    for expected in ("Other credentials are proposed", OTHER, edit.sha256, "The role was renamed.", "ben"):
        assert expected in content
    assert "keyconsole-1" not in content
    assert "You proposed payments edit 1: others have to decide on it." in words(as_ada, PAGE)


def test_the_forms_of_the_page_carry_what_is_decided_on(as_ada: Client, as_ben: Client) -> None:
    propose(as_ada)
    told = press(as_ben, PAGE, f"{EDIT}agree/", comment="Read.")
    assert "You agreed to payments edit 1." in told
    assert "payments edit 1 is withdrawn." in press(as_ada, PAGE, f"{EDIT}withdraw/")
    propose(as_ada)
    assert "You rejected payments edit 2." in press(as_ben, PAGE, f"{EDIT}reject/", reason="No.")


def test_it_stands_among_what_waits_for_a_person(as_ada: Client, as_ben: Client, as_ana: Client) -> None:
    propose(as_ada)
    told = {
        "/": "other credentials for the account",
        "/changes/?tab=needs-me": "ada proposes other credentials for the account",
    }
    for address, sentence in told.items():
        assert sentence in words(as_ben, address)
        assert sentence not in words(as_ana, address)


def test_a_double_click_proposes_once(as_ada: Client) -> None:
    propose(as_ada)
    again = words(as_ada, EDIT, sent(step="propose", why="The role was renamed."))
    assert "payments edit 1 waits for agreement." in again
    assert AccountEdit.objects.count() == 1


def test_a_vote_sent_twice_counts_once(as_ada: Client, as_ben: Client) -> None:
    edit = propose(as_ada)
    vote = {"edit": edit.number, "sha256": edit.sha256}
    as_ben.post(f"{EDIT}agree/", vote)
    assert "You have voted on payments edit 1 already." in words(as_ben, f"{EDIT}agree/", vote)


def test_it_is_rejected_and_withdrawn(as_ada: Client, as_ben: Client) -> None:
    edit = propose(as_ada)
    content = words(as_ben, f"{EDIT}reject/", {"edit": edit.number, "reason": "Not that role"})
    assert "You rejected payments edit 1. The account is entered as before." in content
    second = propose(as_ada)
    assert second.number == 2
    content = words(as_ada, f"{EDIT}withdraw/", {"edit": 2})
    assert "payments edit 2 is withdrawn." in content
    assert role() == ROLE


def test_a_vote_on_an_edit_of_before_finds_what_became_of_it(as_ada: Client, as_ben: Client) -> None:
    edit = propose(as_ada)
    as_ada.post(f"{EDIT}withdraw/", {"edit": edit.number})
    vote = {"edit": edit.number, "sha256": edit.sha256}
    assert "payments edit 1 is withdrawn." in words(as_ben, f"{EDIT}agree/", vote)
    assert as_ben.post(f"{EDIT}agree/", {"edit": "99", "sha256": ""}).status_code == 404
    assert as_ben.post(f"{EDIT}agree/", {"edit": "x"}).status_code == 404


@pytest.mark.parametrize("verb", ["agree", "reject", "withdraw"])
def test_who_may_not_see_the_account_finds_nothing_to_decide(
    as_ada: Client, as_dan: Client, verb: str
) -> None:
    propose(as_ada)
    assert as_dan.post(f"{EDIT}{verb}/", {"edit": 1}).status_code in {403, 404}
    assert as_ada.get(f"{EDIT}{verb}/").status_code == 405


def test_a_new_name_needs_nobody(as_ada: Client) -> None:
    content = words(as_ada, EDIT, sent(name="cards", role_arn=ROLE))
    assert "cards (111122223333) is saved." in content
    assert AwsAccount.objects.get(account_id="111122223333").name == "cards"


def test_an_account_whose_keys_are_not_known_yet_is_changed_at_once(as_ada: Client, cast: Cast) -> None:
    cast.payments.keys.all().delete()
    assert "payments (111122223333) is saved." in words(as_ada, EDIT, sent())
    assert role() == OTHER


def test_where_nobody_else_could_agree_the_page_says_so_and_names_the_way(as_ada: Client, cast: Cast) -> None:
    cast.bea.memberships.all().delete()
    content = words(as_ada, EDIT, sent(step="propose", why="The role was renamed."))
    assert "Nobody but you could agree to it: 1 more from security, for payments." in content
    assert "manage.py change_account" in content
    assert not AccountEdit.objects.exists()


def test_the_queries_do_not_grow_with_the_keys(as_ada: Client, as_ben: Client, cast: Cast) -> None:
    propose(as_ada)
    before = queries_beside_the_frame(as_ben, PAGE)
    for number in range(5):
        make_key(cast.payments, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
    assert queries_beside_the_frame(as_ben, PAGE) == before


def test_an_administrator_of_another_account_decides_nothing(cast: Cast, as_ada: Client) -> None:
    propose(as_ada)
    assert "does not need your agreement" in words(client_of(cast.cleo), PAGE)
