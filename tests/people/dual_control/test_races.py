"""Real processes at what would give power, at the same moment: one decision holds, and no number is lost."""

from __future__ import annotations

import pytest

from keyconsole.audit.models import Entry
from keyconsole.audit.verification import first_broken_entry
from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.models import AccessProposal, Membership
from tests.cast import make_person
from tests.people.dual_control import deciding_process
from tests.people.dual_control.proposals import proposed
from tests.processes import rivals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def at_once(*verbs):
    """How each process ended: 0 done, 1 refused."""
    with rivals(*((deciding_process.decide, *verb) for verb in verbs)) as processes:
        for process in processes:
            process.say("go")
        return [process.wait() for process in processes]


def count(event):
    return Entry.objects.filter(event=event).count()


def test_the_same_person_in_many_tabs_agrees_once(cast, eve, facts):
    proposed(cast, facts)
    assert sorted(at_once(*[("agree", "eve", "AR-1")] * 4)) == [0, 1, 1, 1]
    assert count("role.granted") == count("access.applied") == count("access.agreed") == 1


def test_of_agreeing_rejecting_and_withdrawing_at_once_one_ends_it(cast, eve, facts):
    make_person("fay", Role.ADMINISTRATOR)
    proposal = proposed(cast, facts)
    verbs = (("agree", "eve", "AR-1"), ("reject", "fay", "AR-1"), ("withdraw", "ada", "AR-1"))
    assert sorted(at_once(*verbs)) == [0, 1, 1]
    ends = [count(f"access.{end}") for end in ("applied", "rejected", "withdrawn")]
    assert sum(ends) == 1
    proposal.refresh_from_db()
    assert proposal.state == ["applied", "rejected", "withdrawn"][ends.index(1)]
    assert RoleGrant.objects.filter(person=cast.dan).exists() == bool(ends[0])


def test_many_proposals_at_once_each_get_a_number_of_their_own(cast, eve):
    groups = ("platform", "security", "on-call", "network")
    assert (
        at_once(*(("propose", who, group) for who, group in zip(["ada", "eve"] * 2, groups, strict=True)))
        == [0] * 4
    )
    assert sorted(AccessProposal.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert first_broken_entry() is None


def test_the_same_proposed_at_once_waits_once(cast, eve):
    assert sorted(at_once(*(("propose", who, "security") for who in ("ada", "eve", "ada")))) == [0, 1, 1]
    assert AccessProposal.objects.count() == 1


def test_one_alone_in_two_tabs_does_it_once(cast):
    assert sorted(at_once(*[("propose", "ada", "security")] * 2)) == [0, 1]
    assert Membership.objects.count() == count("group.joined") == count("access.applied") == 1
