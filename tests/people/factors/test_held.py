"""Who has which second factor: the questions that other rooms ask."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.people.factors.held import Kind, has_second_factor, second_factors, second_factors_of
from keyconsole.people.factors.verify import prove_by_code
from tests.cast import Cast
from tests.people.factors.holding import HERE, code, give_codes, give_passkey, give_totp

pytestmark = pytest.mark.django_db


def test_recovery_codes_are_no_second_factor(cast: Cast) -> None:
    assert not has_second_factor(cast.ana)
    app = give_totp(cast.ana)
    give_codes(cast.ana)
    assert has_second_factor(cast.ana)
    app.delete()
    assert not has_second_factor(cast.ana)
    assert second_factors(cast.ana) == []


def test_somebody_who_is_not_stored_yet_has_none() -> None:
    assert not has_second_factor(User(username="new"))


def test_each_tells_its_kind_name_and_when_it_was_used(cast: Cast) -> None:
    app, passkey = give_totp(cast.ana), give_passkey(cast.ana, "blue key")
    assert second_factors(cast.ana) == [
        (Kind.TOTP, "Authenticator app", app.created_at, None),
        (Kind.PASSKEY, "blue key", passkey.created_at, None),
    ]


def test_many_people_cost_one_query(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    give_totp(cast.ana)
    give_passkey(cast.ben, "phone")
    people = [cast.ana, cast.ben, cast.cleo]
    with django_assert_num_queries(1):
        found = second_factors_of(people)
    assert {pk: [factor.kind for factor in held] for pk, held in found.items()} == {
        cast.ana.pk: ["totp"],
        cast.ben.pk: ["passkey"],
    }
    with django_assert_num_queries(1):
        assert second_factors_of(User.objects.all()) == found


def test_proving_is_no_use_by_itself_until_the_sign_in_says_so(cast: Cast) -> None:
    give_totp(cast.ana)
    assert prove_by_code(cast.ana, code(), address=HERE, now=timezone.now())
    assert second_factors(cast.ana)[0].last_used_at is None
