"""Who counts for a change, worked out in one place and once for each decision."""

from __future__ import annotations

import ast
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keyconsole.aws_accounts.models import RoleGrant
from keyconsole.changes import quorum as counting
from keyconsole.changes.approvals.decide import approve, reject, run, withdraw
from keyconsole.changes.models import Approval, Change
from keyconsole.changes.quorum import Quorum, quorum_if_asked, quorum_of, quorums_of
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.inventory.models import RegionKey
from keyconsole.policies.document.rules import Rule, Rules, Runs
from keyconsole.policies.quorum.roster import Roster
from keyconsole.refusals import Refused
from tests.architecture.sources import tree, under
from tests.cast import NOW, Member, hold, make_key
from tests.changes.approvals.teams import ONE_OF_EACH, agree, give, hold_for_payments, join

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(inventory, cast):
    def request(**over):
        wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer to its users.", "now": NOW}
        wish = {"key": inventory.card_vault, "token": uuid.uuid4().hex, **wish, **over}
        return request_move(wish.pop("key"), **wish)

    return request


@pytest.fixture
def change(ask, cast):
    """Needs one of platform (Ben) and one of security (Bea)."""
    hold_for_payments(cast)
    return ask()


@pytest.fixture
def powerful_ana(cast):
    """The requester is an approver, and in both teams."""
    give(cast.ana, "approver")
    join("platform", cast.ana)
    join("security", cast.ana)


def test_the_requester_never_counts_whatever_groups_hold_them(change, powerful_ana):
    quorum = quorum_of(change)
    assert quorum.members == {"platform": {"ben"}, "security": {"bea"}}
    assert quorum.deciders == {"ben", "bea"}
    assert [line.may_fill for line in quorum.lines] == [("ben",), ("bea",)]
    assert not quorum.wants("ana")
    assert quorum.why_no_say("ana", ref="CR-1") == ("Who asks for a change never decides about it.",)
    assert quorum.with_vote("ana").lines == quorum.lines
    assert not quorum.with_vote("ana").with_vote("ben").met
    assert quorum.with_vote("bea").with_vote("ben").met


def test_the_requester_does_not_make_a_request_possible(change, powerful_ana, cast):
    cast.bea.memberships.all().delete()
    rules = Rules(name="payments", rule=Rule.APPROVE, requirements=ONE_OF_EACH)
    facts = {"account": cast.payments, "roster": Roster.read()}
    assert quorum_if_asked(rules, requester="ana", **facts).why_out_of_reach == (
        "Nobody could approve it: 1 more of security needed. The requester never counts.",
    )
    assert quorum_if_asked(rules, requester="ada", **facts).why_out_of_reach == ()


@pytest.mark.parametrize("rule", [Rule.APPROVE, Rule.CONFIRM])
def test_the_requester_of_an_emergency_never_reviews_it(cast, inventory, powerful_ana, rule):
    needs = ONE_OF_EACH if rule == Rule.APPROVE else ()
    hold_for_payments(cast, emergency_group="platform", rule=rule, requirements=needs)
    reason = "It has to leave us-east-1 within the hour."
    wish = MoveRequest(key=inventory.card_vault, to_region="eu-west-1", by=cast.ana, reason=reason, token="t")
    quorum = quorum_of(break_glass(wish, reauthenticated_at=NOW, now=NOW))
    assert quorum.reviewers == {"ben", "bea"}
    assert (quorum.wants("ben"), quorum.wants("ana"), quorum.wants("cleo")) == (True, False, False)


def test_where_nobody_is_asked_nobody_decides_and_nothing_is_missing(ask):
    hold(Rules(name="alone", rule=Rule.CONFIRM))
    quorum = quorum_of(ask())
    assert quorum.met
    assert (len(quorum.lines), len(quorum.deciders), len(quorum.reviewers)) == (0, 0, 0)
    assert not quorum.wants("ben")


def test_it_says_who_is_waited_for(change, cast):
    quorum = quorum_of(agree(change, cast.ben))
    assert quorum.votes == {"ben"}
    assert [(line.filled_by, line.missing) for line in quorum.lines] == [(("ben",), 0), ((), 1)]
    assert quorum.waits_for == "1 more of security: bea."
    assert quorum.missing_words == "1 more of security"
    assert (quorum.wants("ben"), quorum.wants("bea")) == (False, True)
    assert replace(quorum, members={}).waits_for == (
        "1 more of platform: nobody is there. 1 more of security: nobody is there."
    )


def test_a_vote_that_was_taken_back_or_was_for_another_plan_does_not_count(change, cast):
    agree(change, cast.ben)
    assert quorum_of(change).votes == {"ben"}
    Approval.objects.update(plan_sha256="0" * 64)
    assert quorum_of(change).votes == quorums_of(Change.objects.all())[change.pk].votes == set()
    Approval.objects.update(plan_sha256=change.plan_sha256)
    withdraw(change, by=cast.ben, now=NOW)
    assert quorum_of(change).votes == quorums_of(Change.objects.all())[change.pk].votes == set()


@pytest.fixture
def counted(monkeypatch):
    """What was built and read, by name."""
    calls: list[str] = []

    def watch(owner: object, name: str) -> None:
        original = getattr(owner, name)

        def watched(*args, **facts):
            calls.append(name)
            return original(*args, **facts)

        monkeypatch.setattr(owner, name, watched)

    watch(counting, "stored_rules")
    watch(counting, "_quorum")
    return calls


def test_one_approval_builds_one_quorum_and_reads_the_pinned_rules_once(change, cast, counted):
    agree(change, cast.ben)
    assert counted == ["stored_rules", "_quorum"]
    counted.clear()
    agree(change, cast.bea)
    assert change.state == "approved"
    assert counted == ["stored_rules", "_quorum"]


@pytest.mark.parametrize("verb", ["withdraw", "reject", "run"])
def test_so_does_every_other_decision(ask, cast, counted, verb):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(ask(), cast.ben, cast.bea)
    counted.clear()
    if verb == "withdraw":
        withdraw(change, by=cast.ben, now=NOW)
    elif verb == "run":
        run(change, by=cast.ana, now=NOW)
    else:
        reject(change, by=cast.ben, reason="No.", now=NOW)
        # Whoever is told of the end is a question of its own.
        del counted[2:]
    assert counted == ["stored_rules", "_quorum"]


def test_who_counts_is_read_after_the_changes_row_was_taken(change, cast):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        agree(change, cast.ben)
    told = [query["sql"] for query in queries]
    taken = next(at for at, sql in enumerate(told) if sql.startswith('UPDATE "changes_change"'))
    tables = ('"changes_approval"', '"aws_accounts_rolegrant"', '"auth_group"')
    asking = [(at, sql) for at, sql in enumerate(told) if sql.startswith("SELECT")]
    read = [at for at, sql in asking if any(each in sql for each in tables)]
    assert len(read) == 3
    assert taken < min(read)


def test_what_is_refused_leaves_no_trace_on_the_change(change, cast):
    before = Change.objects.get().version
    with pytest.raises(Refused, match="not one of those whom CR-1 needs"):
        agree(change, cast.cleo)
    assert Change.objects.get().version == before


def test_who_has_no_say_does_not_end_a_stale_change_in_their_name(change, cast, inventory):
    RegionKey.objects.filter(key=inventory.card_vault, region="eu-west-1").update(state="Disabled")
    for person, plan, why in (
        (cast.cleo, change.plan_sha256, "not one of those"),
        (cast.ben, "0" * 64, "is not the plan of CR-1"),
    ):
        with pytest.raises(Refused, match=why):
            approve(change, by=person, plan_sha256=plan, now=NOW)
        assert Change.objects.get().state == "pending"
    with pytest.raises(Refused, match="at the last look Disabled"):
        agree(change, cast.ben)
    assert Change.objects.get().state == "stale"
    assert not Approval.objects.exists()


def test_many_are_the_same_as_each_alone_and_cost_six_queries(
    change, ask, cast, powerful_ana, django_assert_num_queries
):
    RoleGrant.objects.create(
        person=cast.cleo, role="approver", account=cast.research, granted_by="ada", granted_at=NOW
    )
    for number, account in enumerate([cast.payments, cast.research] * 4):
        key = make_key(account, f"mrk-{number:032x}", Member("us-east-1"), Member("eu-west-1"))
        other = ask(key=key)
        if number % 4 == 1 and other.state == "pending":
            agree(other, cast.bea)
        if account == cast.payments and number % 4 == 0:
            agree(other, cast.ben)
    agree(change, cast.bea)
    with django_assert_num_queries(6):
        many = quorums_of(Change.objects.all())
    assert many == {each.pk: quorum_of(each) for each in Change.objects.all()}
    assert len(many) == 9
    assert len({id(quorum) for quorum in many.values()}) < 9, "those that are alike share one"


def test_of_none_nothing_is_read(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert quorums_of(Change.objects.all()) == {}


def test_a_group_that_is_gone_leaves_its_places_empty(change, cast):
    Group.objects.filter(name="security").delete()
    quorum = quorum_of(change)
    assert quorum.members["security"] == set()
    assert not quorum.with_vote("ben").with_vote("bea").met
    assert isinstance(quorum, Quorum)


def test_nobody_else_among_changes_works_out_who_counts():
    told = {"stored_rules", "count_votes", "at_best", "Requirement"}
    changes = [path for path in under("keyconsole") if path.parts[1] == "changes"]
    found = {
        path
        for path in changes
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and told & {alias.name for alias in node.names}
    }
    assert found == {Path("keyconsole/changes/quorum.py")}
