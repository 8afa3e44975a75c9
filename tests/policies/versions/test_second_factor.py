"""Who changes a policy that asks for a second factor, or the way into an account with its keys, needs one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from keyconsole.audit.given_proof import GivenProof
from keyconsole.policies.account_edits.propose import agree as agree_to_edit
from keyconsole.policies.account_edits.propose import propose_edit
from keyconsole.policies.document.compare import compare
from keyconsole.policies.models import PolicyVersion, PolicyVote
from keyconsole.policies.versions.feasibility import misfits
from keyconsole.policies.versions.propose import agree, propose
from keyconsole.policies.versions.votes import may_agree, tallies
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Inventory, hold
from tests.web.proposals import PAYMENTS, staffed

pytestmark = pytest.mark.django_db
STRICT = replace(PAYMENTS, second_factor=True)
PASSWORD, PASSKEY = GivenProof("password", NOW), GivenProof("passkey", NOW)


def give_factor(*people: User) -> None:
    for person in people:
        Authenticator.objects.create(user=person, type="webauthn", data={})


@pytest.fixture
def cast(cast: Cast, inventory: Inventory) -> Cast:
    staffed(cast)
    return cast


def loosened(cast: Cast) -> PolicyVersion:
    hold(STRICT)
    give_factor(cast.ben, cast.bea)
    return propose(PAYMENTS, name="payments", by=cast.ada, why="Simpler.", now=NOW, proof=PASSWORD)


def test_dropping_it_is_weaker() -> None:
    [found] = compare(STRICT, PAYMENTS)
    assert (found.label, found.is_weaker, found.after) == ("Second factor", True, ("not asked for",))
    assert not compare(PAYMENTS, STRICT)[0].is_weaker


def test_dropping_it_takes_it(cast: Cast) -> None:
    version = loosened(cast)
    with pytest.raises(Refused, match="second factor"):
        agree(version, by=cast.ben, sha256=version.sha256, now=NOW, proof=PASSWORD)
    assert not agree(version, by=cast.ben, sha256=version.sha256, now=NOW, proof=PASSKEY)
    assert agree(version, by=cast.bea, sha256=version.sha256, now=NOW, proof=PASSKEY)
    assert set(PolicyVote.objects.values_list("proof", "proved_at")) == {("passkey", NOW)}


def test_who_has_none_reads_what_to_do(cast: Cast) -> None:
    version = loosened(cast)
    Authenticator.objects.filter(user=cast.ben).delete()
    [reason] = may_agree(cast.ben, version).reasons
    assert (reason.code, "Set up a passkey" in reason) == ("second-factor-needed", True)


def test_a_vote_of_before_does_not_count_and_is_given_again(cast: Cast) -> None:
    version = loosened(cast)
    PolicyVote.objects.create(
        version=version, voter=cast.ben, proposer=cast.ada, sha256=version.sha256, agrees=True, voted_at=NOW
    )
    assert [line.missing for tally in tallies(version) for line in tally.lines] == [1, 1]
    agree(version, by=cast.ben, sha256=version.sha256, now=NOW, proof=PASSKEY)
    assert [line.missing for tally in tallies(version) for line in tally.lines] == [0, 1]


def test_without_such_a_rule_a_password_is_enough(cast: Cast) -> None:
    hold(PAYMENTS)
    version = propose(replace(PAYMENTS, reason_at_least=9), name="payments", by=cast.ada, why="x", now=NOW)
    agree(version, by=cast.ben, sha256=version.sha256, now=NOW, proof=PASSWORD)
    assert agree(version, by=cast.bea, sha256=version.sha256, now=NOW, proof=PASSWORD)


def test_another_way_into_an_account_with_such_keys_takes_it(cast: Cast) -> None:
    hold(STRICT)
    give_factor(cast.ben, cast.bea)
    role = "arn:aws:iam::111122223333:role/Another"
    edit = propose_edit(cast.payments, by=cast.ada, why="Renamed.", now=NOW, role_arn=role)
    with pytest.raises(Refused, match="second factor"):
        agree_to_edit(edit, by=cast.ben, sha256=edit.sha256, now=NOW, proof=PASSWORD)
    agree_to_edit(edit, by=cast.ben, sha256=edit.sha256, now=NOW, proof=PASSKEY)
    assert edit.votes.get().proof == "passkey"


def test_a_policy_that_too_few_could_satisfy_says_so(cast: Cast) -> None:
    give_factor(cast.ben)
    [told] = misfits(STRICT)
    assert told == (
        "Not enough people with a second factor may approve in payments: 1 more from security. "
        "They set one up first."
    )
    give_factor(cast.bea)
    assert misfits(STRICT) == ()
