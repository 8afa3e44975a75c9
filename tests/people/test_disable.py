"""Disabling takes everything that acts; enabling gives power back only with a second administrator."""

from __future__ import annotations

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant
from keyconsole.aws_accounts.permissions import can
from keyconsole.aws_accounts.roles import Permission, Role
from keyconsole.people.disable import disable
from keyconsole.people.dual_control.kinds import enable_person
from keyconsole.people.dual_control.propose import agree, propose
from keyconsole.people.enable import enable
from keyconsole.people.groups import join
from keyconsole.people.models import AccessState
from keyconsole.people.proof import prove_by_token
from keyconsole.people.tokens import make_token
from keyconsole.refusal_codes import Code
from tests.cast import NOW, make_person
from tests.people.test_invitations import refused

pytestmark = pytest.mark.django_db
WHY = "Left the company."


@pytest.fixture
def eve(cast):
    """A second administrator of every account."""
    return make_person("eve", Role.ADMINISTRATOR)


def test_sessions_tokens_and_permissions_end_at_once(cast, as_ben, inventory):
    now = timezone.now()
    token, secret = make_token(cast.ben, name="pipeline", days=90, via="a test", now=now)
    assert as_ben.get("/keys/").status_code == 200
    disable(cast.ben, why=WHY, by=cast.ada, now=now)
    assert as_ben.get("/keys/").status_code == 302
    token.refresh_from_db()
    assert token.ended_by == "ada"
    refused(Code.PROOF_REFUSED, prove_by_token, secret, now=now)
    cast.ben.refresh_from_db()
    assert not can(cast.ben, Permission.APPROVE, cast.payments)
    entry = Entry.objects.get(event="person.disabled")
    assert entry.data == {"why": WHY, "sessions_ended": 1, "tokens_ended": 1}


def test_nobody_disables_themselves_the_last_administrator_or_without_a_reason(cast, eve):
    refused(Code.OWN_ACCOUNT, disable, cast.ada, why=WHY, by=cast.ada, now=NOW)
    refused(Code.REASON_MISSING, disable, cast.ben, why=" ", by=cast.ada, now=NOW)
    disable(cast.ada, why=WHY, by=eve, now=NOW)
    gus = make_person("gus")
    gus.refresh_from_db()
    refused(Code.MAY_NOT_MANAGE, disable, eve, why=WHY, by=gus, now=NOW)


def test_of_two_who_disable_each_other_at_once_one_stays(cast, eve, monkeypatch):
    """Each was asked for their permission before the other was done."""
    disable(eve, why=WHY, by=cast.ada, now=NOW)
    monkeypatch.setattr("keyconsole.people.disable.refuse_unless_administrator", lambda *_: None)
    refused(Code.LAST_ADMINISTRATOR, disable, cast.ada, why=WHY, by=eve, now=NOW)
    cast.ada.refresh_from_db()
    assert can(cast.ada, Permission.ADMINISTER)


def test_twice_is_told(cast, eve):
    disable(cast.ben, why=WHY, by=cast.ada, now=NOW)
    refused(Code.NOTHING_NEW, disable, cast.ben, why=WHY, by=cast.ada, now=NOW)


def test_administrators_of_one_account_disable_nobody(cast):
    finn = make_person("finn", Role.ADMINISTRATOR, accounts=(cast.payments,))
    refused(Code.MAY_NOT_MANAGE, disable, cast.ben, why=WHY, by=finn, now=NOW)


def test_who_holds_no_power_is_enabled_at_once(cast, eve):
    disable(cast.ana, why=WHY, by=cast.ada, now=NOW)
    assert enable(cast.ana, why="Back.", by=cast.ada, now=NOW) is None
    cast.ana.refresh_from_db()
    assert cast.ana.is_active
    refused(Code.NOTHING_NEW, enable, cast.ana, why="Back.", by=cast.ada, now=NOW)


@pytest.mark.parametrize("power", ["role", "group"])
def test_power_comes_back_only_when_another_agrees(cast, eve, power):
    person = cast.ben if power == "role" else cast.dan
    if power == "group":
        join(person, "security", by="ada", now=NOW)
    disable(person, why=WHY, by=cast.ada, now=NOW)
    proposal = enable(person, why="Back.", by=cast.ada, now=NOW)
    assert proposal is not None
    person.refresh_from_db()
    assert not person.is_active
    refused(Code.OWN_PROPOSAL, agree, proposal, by=cast.ada, sha256=proposal.sha256, now=NOW)
    agree(proposal, by=eve, sha256=proposal.sha256, now=NOW)
    person.refresh_from_db()
    assert person.is_active
    assert Entry.objects.get(event="person.enabled").actor == "ada and eve"


def test_more_power_than_was_read_is_another_proposal(cast, eve):
    disable(cast.ben, why=WHY, by=cast.ada, now=NOW)
    proposal = enable(cast.ben, why="Back.", by=cast.ada, now=NOW)
    assert proposal is not None
    grant(cast.ben, Role.ADMINISTRATOR, None, by="the terminal", now=NOW)
    refused(Code.STALE, agree, proposal, by=eve, sha256=proposal.sha256, now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == AccessState.STALE
    less = {"person": "ben", "holds": []}
    refused(Code.NOTHING_NEW, propose, enable_person.NAME, less, by=cast.ada, why="Back.", now=NOW)
