"""How somebody proved who they are, as rows and the record keep it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.given_proof import GivenProof, kept, refuse_stale, told
from keyconsole.refusals import Refused
from tests.cast import NOW


def test_the_record_says_which_it_was_and_how_old() -> None:
    proof = GivenProof("totp", NOW - timedelta(seconds=90))
    assert told(proof, now=NOW) == {"proof": "totp", "proof_age_seconds": 90}
    assert kept(proof) == {"proof": "totp", "proved_at": proof.at}


def test_of_two_hosts_that_disagree_about_the_time_none_makes_it_younger_than_now() -> None:
    assert told(GivenProof("totp", NOW + timedelta(seconds=3)), now=NOW)["proof_age_seconds"] == 0


def test_where_nobody_was_asked_nothing_is_told() -> None:
    assert (told(None, now=NOW), kept(None)) == ({}, {})
    refuse_stale(None)


@pytest.mark.parametrize("how", ["password", "totp", "sign-in"])
def test_a_stale_one_is_refused_whatever_it_was(how: str) -> None:
    refuse_stale(GivenProof(how, NOW))
    with pytest.raises(Refused, match="Prove again that it is you") as refused:
        refuse_stale(GivenProof(how, NOW, stale=True))
    assert [reason.code for reason in refused.value.reasons] == ["proof-needed"]


@pytest.mark.parametrize(
    ("how", "counts"),
    [("passkey", True), ("totp", True), ("recovery code", True), ("password", False), ("token x", False)],
)
def test_which_of_them_are_second_factors(how: str, counts: bool) -> None:
    assert GivenProof(how, NOW).has_second_factor is counts
