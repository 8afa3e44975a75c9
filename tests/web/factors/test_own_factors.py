"""One's own second factors: each page, what it asks for first, and what it never shows again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.people.passwords import change_password
from tests.cast import PASSWORD, Cast
from tests.people.factors.holding import SECRET, code, give_codes, give_passkey, give_totp
from tests.web.factors.signing_in import (
    ADD_PASSKEY,
    ADD_TOTP,
    AGAIN,
    AGAIN_BY_CODE,
    AGAIN_BY_PASSKEY,
    browser,
    fresh,
    fresh_by_code,
    options_of,
    set_up_passkey,
    signed_in,
)

pytestmark = pytest.mark.django_db
HOME, CODES, MAKE_CODES = "/me/factors/", "/me/factors/recovery-codes/", "/me/factors/recovery-codes/make/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def secret_on(answer: Any) -> str:
    return str(answer.context["secret"])


def set_up_totp(client: Any) -> str:
    secret = secret_on(client.get(ADD_TOTP))
    answer = client.post(ADD_TOTP, {"code": code(secret=secret)})
    assert answer.status_code == 302
    return secret


def test_who_has_none_is_told_what_that_means(cast: Cast):
    page = text(signed_in(cast.ana).get(HOME))
    assert "Your password is all that proves who you are." in page
    assert "Add a passkey" in page
    assert "Recovery codes" not in page


def test_anonymous_people_are_sent_to_the_sign_in(cast: Cast):
    for path in (
        HOME,
        ADD_TOTP,
        ADD_PASSKEY,
        CODES,
        MAKE_CODES,
        "/me/factors/1/remove/",
        "/me/factors/passkeys/1/rename/",
    ):
        for method in ("get", "post"):
            assert getattr(browser(), method)(path).headers["Location"].startswith("/sign-in/")


def test_a_recent_sign_in_is_no_fresh_proof(cast: Cast):
    app = give_totp(cast.ana)
    client = browser()
    client.post("/sign-in/", {"login": "ana", "password": PASSWORD})
    client.post("/sign-in/second-factor/", {"code": code()})
    remove = f"/me/factors/{app.pk}/remove/"
    for path in (ADD_PASSKEY, CODES, MAKE_CODES, remove):
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert answer.headers["Location"].startswith(AGAIN), path
    assert Authenticator.objects.count() == 1


def test_a_fresh_proof_lasts_as_long_as_the_setting_says(cast: Cast, settings):
    client = fresh(signed_in(cast.ana))
    assert client.get(ADD_TOTP).status_code == 200
    with time_machine.travel(
        timezone.now() + timedelta(minutes=settings.KEYCONSOLE_FRESH_PROOF_MINUTES, seconds=1)
    ):
        assert client.get(ADD_TOTP).headers["Location"].startswith(AGAIN)


def test_an_app_is_set_up_with_its_code_and_shown_no_more(cast: Cast, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    client = fresh(signed_in(cast.ana))
    page = client.get(ADD_TOTP)
    secret = secret_on(page)
    assert secret in page.content.decode()
    assert "<svg" in page.content.decode()
    assert "data:" not in page.content.decode()
    answer = client.post(ADD_TOTP, {"code": code(secret=secret)})
    assert answer.headers["Location"] == MAKE_CODES
    for path in (HOME, ADD_TOTP, MAKE_CODES, f"/me/factors/{Authenticator.objects.get().pk}/remove/"):
        assert secret not in client.get(path, follow=True).content.decode()
    assert secret not in str(list(Entry.objects.values()))
    assert secret not in caplog.text


def test_neither_session_nor_database_holds_the_secret_in_the_clear(cast: Cast):
    client = fresh(signed_in(cast.ana))
    secret = secret_on(client.get(ADD_TOTP))
    assert [secret in str(each.get_decoded()) for each in Session.objects.all()] == [False]
    set_up_totp(client)
    assert secret not in str(list(Authenticator.objects.values()))


def test_two_tabs_show_the_same_secret_and_a_wrong_code_keeps_it(cast: Cast):
    client = fresh(signed_in(cast.ana))
    first, second = secret_on(client.get(ADD_TOTP)), secret_on(client.get(ADD_TOTP))
    wrong = client.post(ADD_TOTP, {"code": "000000"})
    assert "not the app&#x27;s present code" in wrong.content.decode()
    assert first == second == secret_on(wrong)
    assert client.post(ADD_TOTP, {"code": code(secret=first)}).status_code == 302
    again = client.get(ADD_TOTP, follow=True)
    assert "is set up already" in text(again)


def test_recovery_codes_are_shown_once_and_only_there(cast: Cast):
    client = fresh(signed_in(cast.ana))
    set_up_totp(client)
    shown = client.post(MAKE_CODES, follow=True)
    codes = shown.context["codes"]
    assert len(codes) == 10
    assert all(each in shown.content.decode() for each in codes)
    for path in (CODES, HOME, MAKE_CODES):
        later = client.get(path).content.decode()
        assert not [each for each in codes if each in later or each.replace(" ", "") in later]
    assert "They were shown once" in text(client.get(CODES))
    assert "10 of 10 still work" in text(client.get(HOME))


def test_codes_that_wait_to_be_shown_are_encrypted_in_the_session(cast: Cast):
    client = fresh(signed_in(cast.ana))
    set_up_totp(client)
    client.post(MAKE_CODES)
    kept = str([each.get_decoded() for each in Session.objects.all()])
    codes = client.get(CODES).context["codes"]
    assert not [each for each in codes if each.replace(" ", "") in kept]


def test_without_a_factor_no_codes_are_made(cast: Cast):
    client = fresh(signed_in(cast.ana))
    assert "You have no second factor yet" in text(client.get(MAKE_CODES))
    assert "Add one first" in text(client.post(MAKE_CODES, follow=True))


def test_a_passkey_is_added_named_anew_and_removed(cast: Cast):
    client = fresh(signed_in(cast.ana))
    set_up_passkey(client, name="blue key")
    set_up_totp(client)
    assert "Passkey, signs in alone" in text(client.get(HOME))
    passkey = Authenticator.objects.get(type="webauthn")
    rename, remove = f"/me/factors/passkeys/{passkey.pk}/rename/", f"/me/factors/{passkey.pk}/remove/"
    assert client.get(rename).status_code == 200
    assert client.post(rename, {"name": "blue\x00"}).status_code == 200
    assert client.post(rename, {"name": "<b>green</b>"}).headers["Location"] == HOME
    assert "&lt;b&gt;green&lt;/b&gt;" in text(client.get(HOME))
    assert client.get(remove).status_code == 200
    assert client.post(remove).headers["Location"] == HOME
    assert Authenticator.objects.get().type == "totp"


def test_a_security_key_that_does_not_sign_in_alone_says_so(cast: Cast):
    client = fresh(signed_in(cast.ana))
    set_up_passkey(client, alone=False)
    assert "Security key, beside the password" in text(client.get(HOME))


def test_the_same_key_is_not_asked_for_twice(cast: Cast):
    client = fresh(signed_in(cast.ana))
    set_up_passkey(client)
    assert len(options_of(client.get(ADD_PASSKEY))["publicKey"]["excludeCredentials"]) == 1


def test_others_factors_are_not_there(cast: Cast):
    theirs = give_passkey(cast.ben)
    client = fresh(signed_in(cast.ana))
    for path in (f"/me/factors/{theirs.pk}/remove/", f"/me/factors/passkeys/{theirs.pk}/rename/"):
        for method in ("get", "post"):
            assert getattr(client, method)(path).status_code == 404
    give_totp(cast.ana)
    app = Authenticator.objects.get(user=cast.ana)
    assert client.get(f"/me/factors/passkeys/{app.pk}/rename/").status_code == 404
    codes = give_codes(cast.ana)
    kept = Authenticator.objects.get(type="recovery_codes")
    assert codes
    assert client.post(f"/me/factors/{kept.pk}/remove/").status_code == 404


def test_the_last_factor_stays_while_the_password_could_not_stand_alone(cast: Cast):
    app = give_totp(cast.ana)
    client = browser()
    client.force_login(cast.ana)
    fresh_by_code(stamped(client), code())
    remove = f"/me/factors/{app.pk}/remove/"
    page = text(client.get(remove))
    assert "Choose a longer password" in page
    assert "Remove Authenticator app</button>" not in page
    assert "has to be chosen first" in text(client.post(remove, follow=True))
    assert Authenticator.objects.count() == 1
    change = {"oldpassword": PASSWORD, "password1": "orchard-plum-78", "password2": "orchard-plum-78"}
    assert client.post("/password/", change).status_code == 302
    assert "Remove Authenticator app</button>" in text(client.get(remove))
    client.post(remove)
    assert not Authenticator.objects.exists()


def stamped(client: Any) -> Any:
    from keyconsole.web.middleware import SIGNED_IN

    session = client.session
    session[SIGNED_IN] = int(timezone.now().timestamp())
    session.save()
    return client


def test_the_password_page_says_what_a_password_needs(cast: Cast):
    client = signed_in(cast.ana)
    short = {"oldpassword": PASSWORD, "password1": "orchard-plum-7", "password2": "orchard-plum-7"}
    assert "This password has 14 characters; it needs at least 15." in text(client.post("/password/", short))
    assert "At least 15 characters, or 12 once a second factor is set up" in text(client.get("/password/"))


def test_a_code_and_a_passkey_are_fresh_proofs_and_carry_on_what_was_asked(cast: Cast):
    passkey = set_up_passkey(fresh(signed_in(cast.ana)))
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    for prove in ("totp", "recovery code", "passkey"):
        client = signed_in_alone(passkey)
        assert client.post(MAKE_CODES).status_code == 302
        if prove == "passkey":
            options = options_of(client.get(AGAIN_BY_PASSKEY))
            answer = client.post(
                AGAIN_BY_PASSKEY, {"credential": passkey.answer(options), "next": MAKE_CODES}
            )
        else:
            typed = code() if prove == "totp" else codes[0]
            answer = client.post(AGAIN_BY_CODE, {"code": typed, "next": MAKE_CODES})
        assert answer.headers["Location"] == CODES, prove
        codes = [each.replace(" ", "") for each in client.get(CODES).context["codes"]]
    assert Entry.objects.filter(event="factor.recovery_codes_made").count() == 4


def test_beside_a_second_factor_the_password_is_no_fresh_proof(cast: Cast):
    passkey = set_up_passkey(fresh(signed_in(cast.ana)))
    client = signed_in_alone(passkey)
    client.post(AGAIN, {"password": PASSWORD})
    assert client.post(MAKE_CODES).headers["Location"].startswith(AGAIN_BY_PASSKEY)


def signed_in_alone(passkey: Any) -> Any:
    from tests.web.factors.signing_in import ALONE, begin_alone

    client = browser()
    client.post(ALONE, {"credential": passkey.answer(begin_alone(client))})
    return client


def test_a_wrong_passkey_keeps_what_was_to_be_done(cast: Cast):
    passkey = set_up_passkey(fresh(signed_in(cast.ana)))
    client = signed_in_alone(passkey)
    client.post(MAKE_CODES)
    client.get(AGAIN_BY_PASSKEY)
    answer = client.post(AGAIN_BY_PASSKEY, {"credential": '{"id": "x"}', "next": MAKE_CODES})
    assert answer.status_code == 200
    assert "not accepted" in text(answer)
    options = options_of(answer)
    answer = client.post(AGAIN_BY_PASSKEY, {"credential": passkey.answer(options), "next": MAKE_CODES})
    assert answer.headers["Location"] == CODES


def test_a_password_change_by_the_operator_ends_a_pending_set_up(cast: Cast):
    client = fresh(signed_in(cast.ana))
    client.get(ADD_TOTP)
    change_password(cast.ana, "four words in a row", by="the terminal", now=timezone.now())
    assert client.post(ADD_TOTP, {"code": code(secret=SECRET)}).headers["Location"].startswith("/sign-in/")
    assert not Authenticator.objects.exists()


def test_every_answer_here_keeps_the_content_security_policy(cast: Cast):
    client = fresh(signed_in(cast.ana))
    for path in (HOME, ADD_TOTP, ADD_PASSKEY, MAKE_CODES, CODES):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "data:" not in policy


def test_the_page_costs_the_same_however_many_there_are(cast: Cast, django_assert_num_queries):
    client = signed_in(cast.ana)
    client.get(HOME)
    give_totp(cast.ana)
    with django_assert_num_queries(10):
        client.get(HOME)
    for number in range(8):
        Authenticator.objects.create(
            user=cast.ana, type="webauthn", data={"name": f"k{number}", "credential": {}}
        )
    with django_assert_num_queries(10):
        client.get(HOME)
