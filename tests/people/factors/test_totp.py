"""Codes of an authenticator app: one step of the clock to either side, and each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from keyconsole.people.factors.add import add_totp
from keyconsole.people.factors.held import has_second_factor
from keyconsole.people.factors.totp import set_up_address, step_of, uses_code
from keyconsole.people.factors.verify import prove_by_code
from keyconsole.people.models import TotpStep
from keyconsole.refusals import Invalid, Refused
from tests import processes
from tests.cast import Cast
from tests.people.factors import using_process
from tests.people.factors.holding import HERE, SECRET, code, give_codes, give_totp

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_skew_is_tolerated_and_two_are_not(steps: int, counts: bool) -> None:
    now = datetime(2026, 11, 27, 12, 0, 29, tzinfo=timezone.get_default_timezone())
    assert (step_of(SECRET, code(steps=steps, now=now), now=now) is not None) is counts


def test_the_codes_are_those_of_rfc_6238() -> None:
    """Appendix B, SHA-1, its last six digits: the secret is the ASCII text 12345678901234567890."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for at, shown in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        now = datetime.fromtimestamp(at, timezone.get_default_timezone())
        assert code(now=now, secret=secret) == shown


def test_a_code_counts_once_also_after_the_half_minute_of_its_own(cast: Cast) -> None:
    factor, now = give_totp(cast.ana), timezone.now()
    shown = code(now=now)
    assert uses_code(factor, shown, now=now)
    for later in (0, 29, 45):
        at = now + timedelta(seconds=later)
        if step_of(SECRET, shown, now=at):
            with pytest.raises(Refused, match="used already"):
                uses_code(factor, shown, now=at)


def test_after_a_code_none_of_an_earlier_step_counts(cast: Cast) -> None:
    factor, now = give_totp(cast.ana), timezone.now()
    assert uses_code(factor, code(steps=1, now=now), now=now)
    for steps in (0, -1):
        with pytest.raises(Refused, match="used already"):
            uses_code(factor, code(steps=steps, now=now), now=now)
    later = now + timedelta(seconds=60)
    assert uses_code(factor, code(now=later), now=later)


def test_the_code_of_the_set_up_does_not_sign_in(cast: Cast) -> None:
    now = timezone.now()
    factor = add_totp(cast.ana, SECRET, code(now=now), address=HERE, now=now)
    with pytest.raises(Refused, match="used already"):
        uses_code(factor, code(now=now), now=now)


def test_a_factor_without_a_remembered_step_takes_a_code_once(cast: Cast) -> None:
    factor, now = give_totp(cast.ana), timezone.now()
    TotpStep.objects.all().delete()
    assert uses_code(factor, code(now=now), now=now)
    with pytest.raises(Refused):
        uses_code(factor, code(now=now), now=now)


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\x00" * 6])
def test_what_is_no_code_is_wrong(cast: Cast, wrong: str) -> None:
    give_totp(cast.ana)
    assert prove_by_code(cast.ana, wrong, address=HERE, now=timezone.now()) is None


def test_a_wrong_code_sets_nothing_up(cast: Cast) -> None:
    with pytest.raises(Invalid, match="not the app's present code"):
        add_totp(
            cast.ana,
            SECRET,
            "000000",
            address=HERE,
            now=datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone()),
        )
    assert not has_second_factor(cast.ana)


def test_a_code_may_be_typed_with_the_space_that_apps_show(cast: Cast) -> None:
    give_totp(cast.ana)
    now = timezone.now()
    shown = code(now=now)
    assert prove_by_code(cast.ana, f" {shown[:3]} {shown[3:]} ", address=HERE, now=now)


def test_a_disabled_person_proves_nothing(cast: Cast) -> None:
    give_totp(cast.ana)
    (recovery, *_) = give_codes(cast.ana)
    cast.ana.is_active = False
    now = timezone.now()
    for typed in (code(now=now), recovery):
        assert prove_by_code(cast.ana, typed, address=HERE, now=now) is None


def test_the_address_for_the_app_names_person_and_issuer() -> None:
    address = set_up_address(SECRET, username="ana@x y", issuer="KeyConsole Ex: ample")
    assert address.startswith("otpauth://totp/KeyConsole%20Ex%3A%20ample:ana%40x%20y?secret=")
    assert address.endswith("&issuer=KeyConsole%20Ex%3A%20ample")


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_step", [True, False])
def test_of_eight_processes_with_the_same_code_one_comes_in(cast: Cast, has_step: bool) -> None:
    give_totp(cast.ana)
    if not has_step:
        TotpStep.objects.all().delete()
    (recovery, *_) = give_codes(cast.ana)
    with processes.rivals(*[(using_process.obey, cast.ana.pk)] * 8) as rivals:
        for typed in (code(steps=1), recovery):
            for rival in rivals:
                rival.say(typed)
            assert sorted(rival.hear() for rival in rivals) == [False] * 7 + [True]
