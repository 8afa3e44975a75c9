"""Secrets of second factors at rest: unreadable without the secret key, readable while it changes."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core.checks import run_checks
from django.utils import timezone

from keyconsole.people.factors.encryption import decrypt, encrypt
from keyconsole.people.factors.verify import prove_by_code
from keyconsole.people.models import SsoIdentity
from keyconsole.people.sso.secrets_kept import deciphered, enciphered
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast
from tests.changes.commands import DONE, REFUSED, manage
from tests.conftest import client_of
from tests.people.factors.holding import HERE, SECRET, code, give_codes, give_passkey, give_totp

pytestmark = pytest.mark.django_db
OLD, NEW = "an-old-secret-key-" + "o" * 40, "a-new-secret-key-" + "n" * 40


def test_what_is_encrypted_is_another_text_each_time_and_comes_back(settings):
    assert encrypt("seed") != encrypt("seed")
    assert decrypt(encrypt("seed")) == "seed"
    assert "seed" not in encrypt("seed")


def test_an_older_key_still_reads_while_it_is_among_the_fallbacks(settings):
    settings.SECRET_KEY = OLD
    token = encrypt("seed")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert decrypt(token) == "seed"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Refused, match="another KEYCONSOLE_SECRET_KEY") as refused:
        decrypt(token)
    assert [reason.code for reason in refused.value.reasons] == [Code.SECRET_KEY_DIFFERS]


@pytest.mark.parametrize("token", ["", "x", SECRET, "gAAAAABnonsense"])
def test_what_was_never_encrypted_is_refused_in_the_same_words(token):
    with pytest.raises(Refused, match="cannot be read"):
        decrypt(token)


def test_the_database_holds_no_secret(cast: Cast):
    give_totp(cast.ana)
    assert SECRET not in str(list(Authenticator.objects.values()))


def test_after_encrypting_anew_the_old_key_may_go(cast: Cast, settings):
    settings.SECRET_KEY = OLD
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    give_passkey(cast.ana)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert manage("reencrypt_second_factors") == (DONE, "Under today's secret key: 2.\n", "")
    settings.SECRET_KEY_FALLBACKS = []
    for typed in (code(), codes[0]):
        assert prove_by_code(cast.ana, typed, address=HERE, now=timezone.now())


def test_tokens_of_single_sign_on_are_encrypted_anew_with_them(cast: Cast, settings):
    settings.SECRET_KEY = OLD
    for person, refresh, access in ((cast.ana, "r-1", ""), (cast.ben, "", "a-1"), (cast.bea, "", "")):
        SsoIdentity.objects.create(
            person=person,
            issuer="https://id.example.org",
            sub=person.username,
            linked_by="ada",
            linked_at=NOW,
            confirmed_at=NOW,
            refresh_token=enciphered(refresh),
            access_token=enciphered(access),
        )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert manage("reencrypt_second_factors").out.endswith("Tokens of single sign-on: of 2 people.\n")
    settings.SECRET_KEY_FALLBACKS = []
    kept = SsoIdentity.objects.order_by("sub").values_list("sub", "refresh_token", "access_token")
    assert [(sub, deciphered(refresh), deciphered(access)) for sub, refresh, access in kept] == [
        ("ana", "r-1", ""),
        ("bea", "", ""),
        ("ben", "", "a-1"),
    ]
    # What no key opens is left as it is: its person signs in again.
    settings.SECRET_KEY = OLD
    before = list(SsoIdentity.objects.order_by("sub").values())
    assert "single sign-on" not in manage("reencrypt_second_factors").out
    assert list(SsoIdentity.objects.order_by("sub").values()) == before


def test_who_clicks_in_between_stays_signed_in(cast: Cast, settings):
    settings.SECRET_KEY = OLD
    ana, ben = client_of(cast.ana), client_of(cast.ben)
    for client in (ana, ben):
        assert client.get("/me/").status_code == 200
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert ana.get("/me/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert ana.get("/me/").status_code == 200
    assert ben.get("/me/").status_code == 302


def test_what_no_key_reads_is_named_and_left_alone(cast: Cast, settings):
    settings.SECRET_KEY = OLD
    give_totp(cast.ana)
    settings.SECRET_KEY = NEW
    give_totp(cast.ben)
    said = manage("reencrypt_second_factors")
    assert (said.status, said.out) == (REFUSED, "Under today's secret key: 1.\n")
    assert "ana (totp)" in said.err
    settings.SECRET_KEY = OLD
    assert prove_by_code(cast.ana, code(), address=HERE, now=timezone.now())


def test_the_check_before_a_deployment_tells_of_another_key(cast: Cast, settings):
    def told() -> list[str]:
        return [each.msg for each in run_checks(databases=["default"]) if each.id == "keyconsole.W012"]

    give_totp(cast.ana)
    assert told() == []
    settings.SECRET_KEY = NEW
    assert told() == [
        "Secrets of second factors that cannot be read: 1. They were written under another secret key."
    ]
