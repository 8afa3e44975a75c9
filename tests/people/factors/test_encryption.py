"""Secrets of second factors at rest: unreadable without the secret key, readable while it changes."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core.checks import run_checks
from django.utils import timezone

from keyconsole.people.factors.encryption import decrypt, encrypt
from keyconsole.people.factors.verify import prove_by_code
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Refused
from tests.cast import Cast
from tests.changes.commands import DONE, REFUSED, manage
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
