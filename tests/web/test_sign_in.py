"""Signing in and out: closed to strangers, limited, and recorded."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from keyconsole.audit.models import Entry
from tests.cast import PASSWORD, Cast
from tests.form_client import FormClient

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


def sign_in(client: Client, login: str, password: str = PASSWORD, query: str = "") -> object:
    return client.post(f"/sign-in/{query}", {"login": login, "password": password})


def events() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("number").values_list("event", "actor"))


def test_the_page_opens_for_strangers(anonymous: Client) -> None:
    response = anonymous.get("/sign-in/?next=/keys/")
    assert response.status_code == 200
    assert b'name="password"' in response.content


def test_a_right_password_opens_the_overview_and_is_recorded(anonymous: Client, cast: Cast) -> None:
    response = anonymous.post("/sign-in/", {"login": "ana", "password": PASSWORD})
    assert response.headers["Location"] == "/"
    assert anonymous.get("/").status_code == 200
    assert events() == [("person.signed_in", "ana")]
    assert Entry.objects.get().data == {"address": "127.0.0.1", "proofs": ["password"]}


def test_it_leads_to_the_page_that_was_asked_for_but_never_elsewhere(anonymous: Client, cast: Cast) -> None:
    form = {"login": "ana", "password": PASSWORD}
    assert anonymous.post("/sign-in/?next=/keys/%3Fq%3Dx", form).headers["Location"] == "/keys/?q=x"
    other = FormClient()
    assert other.post("/sign-in/?next=https://evil.example/", form).headers["Location"] == "/"


def test_a_wrong_password_is_recorded_by_the_persons_name(anonymous: Client, cast: Cast) -> None:
    response = anonymous.post("/sign-in/", {"login": "Ana", "password": "wrong"})
    assert response.status_code == 200
    assert events() == [("person.sign_in_failed", "ana")]


def test_a_name_that_nobody_has_is_never_kept(anonymous: Client, cast: Cast) -> None:
    sign_in(anonymous, "my-secret-password", "ana")
    assert events() == [("person.sign_in_failed", "unknown person")]
    assert "my-secret-password" not in str(Entry.objects.values())


def test_unknown_people_and_wrong_passwords_get_the_same_answer(anonymous: Client, cast: Cast) -> None:
    def errors(login: str) -> str:
        return str(
            anonymous.post("/sign-in/", {"login": login, "password": "wrong"}).context["form"].errors
        ).replace(login, "")

    assert errors("ana") == errors("nobody")


def test_guessing_is_slowed_down(anonymous: Client, cast: Cast) -> None:
    answers = [anonymous.post("/sign-in/", {"login": "ana", "password": f"w{n}"}) for n in range(8)]
    assert "Too many failed login attempts" in answers[-1].content.decode()
    assert len(events()) < 8
    right = anonymous.post("/sign-in/", {"login": "ana", "password": PASSWORD})
    assert right.status_code == 200


def test_people_who_were_locked_out_do_not_come_in(anonymous: Client, cast: Cast) -> None:
    cast.ana.is_active = False
    cast.ana.save()
    sign_in(anonymous, "ana")
    assert anonymous.get("/").status_code == 302


def test_a_disabled_person_gets_the_answer_of_a_wrong_password(anonymous: Client, cast: Cast) -> None:
    cast.ana.is_active = False
    cast.ana.save()
    right = anonymous.post("/sign-in/", {"login": "ana", "password": PASSWORD})
    wrong = anonymous.post("/sign-in/", {"login": "ana", "password": "wrong"})
    unknown = anonymous.post("/sign-in/", {"login": "nobody", "password": "wrong"})
    assert right.status_code == wrong.status_code == unknown.status_code == 200
    assert str(right.context["form"].errors) == str(wrong.context["form"].errors)
    assert right.headers.keys() == wrong.headers.keys() == unknown.headers.keys()
    assert events() == [("person.sign_in_failed", "ana")] * 2 + [("person.sign_in_failed", "unknown person")]


def test_neither_do_attempts_tell_a_disabled_persons_password(anonymous: Client, cast: Cast) -> None:
    """One that did not count would be the right one."""
    cast.ana.is_active = False
    cast.ana.save()
    for password in ("wrong", "wrong", "wrong", "wrong", PASSWORD):
        answer = anonymous.post("/sign-in/", {"login": "ana", "password": password})
        assert "Too many failed" not in answer.content.decode()
    for password in ("wrong", PASSWORD):
        answer = anonymous.post("/sign-in/", {"login": "ana", "password": password})
        assert "Too many failed" in answer.content.decode()


def test_without_its_record_nobody_comes_in(cast: Cast) -> None:
    client = FormClient(raise_request_exception=False)
    with patch("keyconsole.web.sign_in.record", side_effect=RuntimeError("the record cannot be written")):
        assert client.post("/sign-in/", {"login": "ana", "password": PASSWORD}).status_code == 500
    assert client.get("/").status_code == 302


def test_signing_out_needs_a_post_and_is_recorded(as_ana: Client) -> None:
    assert as_ana.get("/sign-out/").status_code == 200
    assert as_ana.get("/").status_code == 200
    assert as_ana.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert as_ana.get("/").status_code == 302
    assert events() == [("person.signed_out", "ana")]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_there_is_no_sign_up_and_no_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_people_change_their_own_password(as_ana: Client, cast: Cast) -> None:
    assert as_ana.get("/password/").status_code == 200
    new = "an entirely different phrase 42"
    response = as_ana.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 302
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(new)


def test_a_password_is_changed_only_by_who_knows_it(as_ana: Client, cast: Cast) -> None:
    new = "an entirely different phrase 42"
    as_ana.post("/password/", {"oldpassword": "guess", "password1": new, "password2": new})
    cast.ana.refresh_from_db()
    assert cast.ana.check_password(PASSWORD)


def test_the_page_to_prove_who_one_is_opens(as_ana: Client) -> None:
    assert as_ana.get("/sign-in/again/").status_code == 200
