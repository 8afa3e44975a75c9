from __future__ import annotations

from datetime import timedelta

import pytest

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.dual_control.end import look_at_proposals
from keyconsole.people.dual_control.kinds import grant_role, join_group
from keyconsole.people.dual_control.propose import agree, propose, reject, withdraw
from keyconsole.people.groups import is_in_group
from keyconsole.people.models import AccessProposal, AccessState
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.dual_control.proposals import WHY, proposed, refused


def test_nothing_is_given_until_another_administrator_agrees_to_the_hash(cast, eve, facts):
    proposal = proposed(cast, facts)
    assert proposal.says == "give dan the role approver in payments (111122223333)"
    assert not can(cast.dan, Permission.APPROVE, cast.payments)
    refused(Code.PLAN_CHANGED, agree, proposal, by=eve, sha256="0" * 64, now=NOW)
    assert not can(cast.dan, Permission.APPROVE, cast.payments)

    agree(proposal, by=eve, sha256=proposal.sha256, now=NOW)
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    assert proposal.state == AccessState.APPLIED
    assert proposal.decided_by == eve
    granted = Entry.objects.get(event="role.granted")
    assert granted.actor == "ada and eve"
    found = {"proposal": "AR-1", "sha256": proposal.sha256, "proposed_by": "ada", "agreed_by": "eve"}
    assert granted.data == {"role": "approver", "account": "111122223333", **found}
    events = list(Entry.objects.filter(event__startswith="access.").values_list("event", flat=True))
    assert sorted(events) == ["access.agreed", "access.applied", "access.proposed"]


def test_who_proposes_does_not_agree(cast, eve, facts):
    proposal = proposed(cast, facts)
    refused(Code.OWN_PROPOSAL, agree, proposal, by=cast.ada, sha256=proposal.sha256, now=NOW)


def test_nobody_gives_anything_to_themselves_neither_as_first_nor_as_second(cast, eve):
    own = grant_role.facts_of(cast.ada, Role.APPROVER, cast.payments, ends_at=None)
    refused(Code.OWN_GAIN, propose, grant_role.NAME, own, by=cast.ada, why=WHY, now=NOW)
    for_eve = grant_role.facts_of(eve, Role.APPROVER, cast.payments, ends_at=None)
    refused(Code.NOBODY_COULD_APPROVE, propose, grant_role.NAME, for_eve, by=cast.ada, why=WHY, now=NOW)


def test_an_administrator_of_one_account_proposes_nothing_beyond_it(cast, eve):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.research,))
    for account in (cast.payments, None):
        wide = grant_role.facts_of(cast.dan, Role.APPROVER, account, ends_at=None)
        said = refused(Code.MAY_NOT_PROPOSE, propose, grant_role.NAME, wide, by=finn, why=WHY, now=NOW)
        assert "payments" not in said
    group = join_group.facts_of(cast.dan, "security")
    refused(Code.MAY_NOT_PROPOSE, propose, join_group.NAME, group, by=finn, why=WHY, now=NOW)
    there = grant_role.facts_of(cast.dan, Role.APPROVER, cast.research, ends_at=None)
    assert propose(grant_role.NAME, there, by=finn, why=WHY, now=NOW).state == AccessState.PROPOSED


def test_the_only_administrator_there_ever_was_acts_alone_and_that_is_said(cast, facts):
    proposal = proposed(cast, facts)
    assert proposal.state == AccessState.APPLIED
    assert can(cast.dan, Permission.APPROVE, cast.payments)
    assert "there never was a second" in proposal.outcome


def test_who_took_the_role_from_the_other_administrators_does_not_act_alone(cast, facts):
    eve = make_person("eve")
    grant(eve, Role.ADMINISTRATOR, None, by="ops", now=NOW)
    revoke(eve, Role.ADMINISTRATOR, None, by="ada", now=NOW)
    refused(Code.NOBODY_COULD_APPROVE, proposed, cast, facts)
    assert not can(cast.dan, Permission.APPROVE, cast.payments)


def test_the_same_waits_once(cast, eve, facts):
    proposed(cast, facts)
    refused(Code.PROPOSAL_WAITING, proposed, cast, facts)


def test_one_rejection_ends_it(cast, eve, facts):
    proposal = proposed(cast, facts)
    reject(proposal, by=eve, reason="Dan left.", now=NOW)
    refused(Code.NOT_OPEN, agree, proposal, by=eve, sha256=proposal.sha256, now=NOW)
    assert proposal.state == AccessState.REJECTED
    assert not RoleGrant.objects.filter(person=cast.dan).exists()


def test_who_proposed_takes_it_back(cast, eve, facts):
    proposal = proposed(cast, facts)
    withdraw(proposal, by=cast.ada, now=NOW)
    assert proposal.state == AccessState.WITHDRAWN


def test_what_nobody_decides_on_in_a_week_ends(cast, eve, facts):
    proposal = proposed(cast, facts)
    late = NOW + timedelta(days=7)
    refused(Code.STALE, agree, proposal, by=eve, sha256=proposal.sha256, now=late)
    assert proposal.state == AccessState.EXPIRED


@pytest.mark.parametrize("what", ["person left", "proposer left"])
def test_what_cannot_be_done_any_more_or_has_nobody_behind_it_ends_by_itself(cast, eve, facts, what):
    proposal = proposed(cast, facts)
    if what == "person left":
        cast.dan.is_active = False
        cast.dan.save()
    else:
        cast.ada.role_grants.all().delete()
    look_at_proposals(now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == AccessState.STALE
    assert Entry.objects.filter(event="access.ended").exists()


def test_joining_a_group_of_approvers_needs_a_second_as_well(cast, eve):
    facts = join_group.facts_of(cast.dan, "security")
    proposal = propose(join_group.NAME, facts, by=cast.ada, why=WHY, now=NOW)
    assert not is_in_group(cast.dan, "security")
    agree(proposal, by=eve, sha256=proposal.sha256, now=NOW)
    assert is_in_group(cast.dan, "security")


def test_a_role_with_an_end_allows_nothing_afterwards(cast, eve):
    until = NOW + timedelta(days=1)
    facts = grant_role.facts_of(cast.dan, Role.APPROVER, cast.payments, ends_at=until)
    proposal = propose(grant_role.NAME, facts, by=cast.ada, why=WHY, now=NOW)
    assert proposal.says.endswith("until 2026-11-24 12:00 UTC")
    agree(proposal, by=eve, sha256=proposal.sha256, now=NOW)
    held = RoleGrant.objects.filter(person=cast.dan)
    assert held.in_force(until - timedelta(seconds=1)).exists()
    assert not held.in_force(until).exists()
    assert not AccessProposal.objects.filter(state=AccessState.PROPOSED).exists()
