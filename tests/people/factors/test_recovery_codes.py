"""Recovery codes: each once, recorded and told; never readable from the database."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.notifications.models import Delivery
from keyconsole.people.factors.recovery_codes import codes_left, make_codes
from keyconsole.people.factors.verify import prove_by_code
from keyconsole.refusals import Refused
from tests.cast import Cast
from tests.people.factors.holding import HERE, give_codes, give_totp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail(cast: Cast, settings: object) -> None:
    settings.EMAIL_HOST = "mail.example.org"  # type: ignore[attr-defined]
    cast.ana.email = "ana@example.org"
    cast.ana.save()


def entries(event: str) -> list[dict[str, object]]:
    return list(Entry.objects.filter(event=event).order_by("number").values_list("data", flat=True))


def test_each_code_counts_once_and_is_recorded_with_how_many_are_left(cast: Cast) -> None:
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    assert len(set(codes)) == 10
    assert codes_left(cast.ana) == 10
    for left in (9, 8):
        typed = codes[left]
        assert prove_by_code(cast.ana, typed, address=HERE, now=timezone.now())
        assert prove_by_code(cast.ana, typed, address=HERE, now=timezone.now()) is None
        assert entries("factor.recovery_code_used")[-1] == {"left": left, "address": HERE}
    assert codes_left(cast.ana) == 8


def test_one_may_be_typed_with_a_space_or_a_dash(cast: Cast) -> None:
    give_totp(cast.ana)
    first, second, *_ = give_codes(cast.ana)
    for typed in (f"{first[:5]} {first[5:]}", f"{second[:5]}-{second[5:]}"):
        assert prove_by_code(cast.ana, typed, address=HERE, now=timezone.now())


def test_new_codes_end_those_from_before_and_say_so(cast: Cast) -> None:
    give_totp(cast.ana)
    before, after = give_codes(cast.ana), give_codes(cast.ana)
    assert prove_by_code(cast.ana, before[0], address=HERE, now=timezone.now()) is None
    assert prove_by_code(cast.ana, after[0], address=HERE, now=timezone.now())
    assert entries("factor.recovery_codes_made") == [{"codes": 10, "address": HERE}] * 2
    told = (
        Delivery.objects.filter(topic="person.factors_changed")
        .order_by("pk")
        .values_list("subject", flat=True)
    )
    assert list(told) == [
        "A second factor was added, Authenticator app: ana",
        "New recovery codes were made: ana",
        "A recovery code was used: ana",
    ]


def test_without_a_second_factor_there_are_none(cast: Cast) -> None:
    assert codes_left(cast.ana) is None
    with pytest.raises(Refused, match="Add one first"):
        make_codes(cast.ana, address=HERE, now=timezone.now())


def test_another_persons_code_proves_nothing(cast: Cast) -> None:
    give_totp(cast.ana)
    give_totp(cast.ben)
    codes = give_codes(cast.ana)
    assert prove_by_code(cast.ben, codes[0], address=HERE, now=timezone.now()) is None


def test_neither_database_nor_record_nor_message_holds_a_code_or_the_seed(cast: Cast) -> None:
    give_totp(cast.ana)
    codes = give_codes(cast.ana)
    prove_by_code(cast.ana, codes[0], address=HERE, now=timezone.now())
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    written = stored + str(list(Entry.objects.values())) + str(list(Delivery.objects.values()))
    assert not [each for each in codes if each in written]
    assert stored.count("gAAAA") == 2  # how Fernet's tokens begin
