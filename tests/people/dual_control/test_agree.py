"""What may have changed between proposing and agreeing, and what the record says of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.models import AwsAccount, RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.dual_control import kind as kinds
from keyconsole.people.dual_control.end import look_at_proposals
from keyconsole.people.dual_control.kind import Decision, Kind, register
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.dual_control.propose import agree, propose, reject, withdraw
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.dual_control.proposals import WHY, proposed, refused

SOON = NOW + timedelta(hours=1)


def agrees(proposal, person, **over):
    agree(proposal, **{"by": person, "sha256": proposal.sha256, "now": SOON, **over})


def test_who_lost_the_role_between_page_and_click_does_not_agree(cast, eve, facts):
    proposal = proposed(cast, facts)
    eve.role_grants.all().delete()
    refused(Code.NOT_AN_APPROVER, agrees, proposal, eve)
    refused(Code.NOT_AN_APPROVER, reject, proposal, by=eve, reason="No.", now=SOON)
    assert proposal.state == AccessState.PROPOSED


def test_who_cannot_sign_in_any_more_neither_agrees_nor_withdraws(cast, eve, facts):
    proposal = proposed(cast, facts)
    for person in (eve, cast.ada):
        person.is_active = False
    refused(Code.MAY_NOT_WITHDRAW, withdraw, proposal, by=cast.ada, now=SOON)
    eve.save()
    refused(Code.NOT_AN_APPROVER, agrees, proposal, eve)


@pytest.mark.parametrize("what", ["disabled", "no administrator any more"])
def test_with_nobody_behind_it_any_more_it_ends_at_the_click_and_is_recorded(cast, eve, facts, what):
    proposal = proposed(cast, facts)
    make_person("fay", Role.ADMINISTRATOR)
    if what == "disabled":
        cast.ada.is_active = False
        cast.ada.save()
    else:
        cast.ada.role_grants.all().delete()
    assert "has nobody behind it" in refused(Code.STALE, agrees, proposal, eve)
    assert proposal.state == AccessState.STALE
    assert Entry.objects.filter(event="access.ended").count() == 1
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_a_person_who_would_gain_and_decides_by_now_does_not_agree(cast, eve, facts):
    proposal = proposed(cast, facts)
    grant(cast.dan, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    refused(Code.OWN_GAIN, agrees, proposal, cast.dan)
    assert proposal.state == AccessState.PROPOSED


@pytest.fixture
def gains_later():
    """A kind by which everybody in a group gains, such as the mapping of an SSO group."""
    gainers: set[str] = set()
    name = "test.gain"
    register(
        Kind(
            name=name,
            says=lambda _: "give the group something",
            subject=lambda _: "group",
            deciders=lambda _: {"ada", "eve"},
            gainers=lambda _: gainers,
            problem=lambda _: "",
            apply=lambda _facts, _decision: None,
        )
    )
    yield gainers
    del kinds._kinds[name]


@pytest.mark.parametrize("who", ["ada", "eve"])
def test_who_gains_is_asked_again_when_somebody_agrees(cast, eve, gains_later, who):
    proposal = propose("test.gain", {}, by=cast.ada, why=WHY, now=NOW)
    gains_later.add(who)
    code = Code.STALE if who == "ada" else Code.OWN_GAIN
    refused(code, agrees, proposal, eve)
    assert proposal.state == (AccessState.STALE if who == "ada" else AccessState.PROPOSED)


def test_an_account_that_is_gone_never_turns_into_all_accounts(cast, eve, facts):
    AwsAccount.objects.filter(pk=cast.payments.pk).delete()
    decision = Decision("ada", "eve", NOW, "AR-1", "0" * 64)
    refused(Code.ACCOUNT_UNKNOWN, grant_role.GRANT_ROLE.apply, facts, decision)
    assert not RoleGrant.objects.filter(person=cast.dan).exists()


def test_of_an_account_that_is_gone_the_proposal_ends(cast, eve, facts):
    proposal = proposed(cast, facts)
    AwsAccount.objects.filter(pk=cast.payments.pk).delete()
    assert "There is no AWS account 111122223333" in refused(Code.STALE, agrees, proposal, eve)


def test_the_hash_of_another_proposal_agrees_to_nothing(cast, eve, facts):
    proposal = proposed(cast, facts)
    other = propose(join_group.NAME, join_group.facts_of(cast.dan, "security"), by=cast.ada, why=WHY, now=NOW)
    refused(Code.PLAN_CHANGED, agrees, proposal, eve, sha256=other.sha256)
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_a_second_click_changes_nothing(cast, eve, facts):
    proposal = proposed(cast, facts)
    agrees(proposal, eve)
    refused(Code.NOT_OPEN, agrees, proposal, eve)
    assert Entry.objects.filter(event="role.granted").count() == 1


def test_a_role_whose_end_has_come_is_neither_proposed_nor_agreed_to(cast, eve):
    past = grant_role.facts_of(cast.dan, Role.APPROVER, None, ends_at=NOW)
    refused(Code.TIME_PASSED, proposed, cast, past)
    proposal = proposed(cast, grant_role.facts_of(cast.dan, Role.APPROVER, None, ends_at=SOON))
    assert proposal.expires_at == SOON
    refused(Code.STALE, agrees, proposal, eve, now=SOON)
    assert proposal.state == AccessState.EXPIRED


def test_the_same_end_in_another_time_zone_is_the_same_proposal(cast, eve):
    until = datetime(2026, 11, 24, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    proposal = proposed(cast, grant_role.facts_of(cast.dan, Role.APPROVER, None, ends_at=until))
    assert proposal.says.endswith("until 2026-11-23 16:00 UTC")
    again = grant_role.facts_of(cast.dan, Role.APPROVER, None, ends_at=until.astimezone(UTC))
    assert "AR-1 proposes the same already" in refused(Code.PROPOSAL_WAITING, proposed, cast, again)


def test_what_expired_and_nobody_swept_stands_in_nobodys_way(cast, eve, facts):
    proposed(cast, facts)
    later = NOW + timedelta(days=8)
    again = propose(grant_role.NAME, facts, by=cast.ada, why=WHY, now=later)
    assert again.ref == "AR-2"
    assert AccessProposal.objects.get(number=1).state == AccessState.EXPIRED


def test_long_names_are_no_reason_not_to_be_recorded(cast, facts):
    ada, eve = (make_person(letter * 150, Role.ADMINISTRATOR) for letter in "pq")
    proposal = propose(grant_role.NAME, facts, by=ada, why=WHY, now=NOW)
    agrees(proposal, eve)
    granted = Entry.objects.get(event="role.granted")
    assert (granted.actor, granted.data["agreed_by"]) == ("p" * 150, "q" * 150)


def test_a_kind_of_a_later_version_is_left_to_it_until_it_expires(cast, eve, facts):
    proposal = proposed(cast, facts)
    AccessProposal.objects.update(kind="later.kind")
    look_at_proposals(now=SOON)
    refused(Code.NOT_AN_APPROVER, agrees, proposal, eve)
    assert proposal.state == AccessState.PROPOSED
    look_at_proposals(now=NOW + timedelta(days=7))
    proposal.refresh_from_db()
    assert proposal.state == AccessState.EXPIRED
