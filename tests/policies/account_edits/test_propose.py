"""How an account with keys is entered changes only when those agree whom the rules of its keys ask."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from keyconsole.audit.models import Entry
from keyconsole.aws_accounts.grants import grant, revoke
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.register import Origin, change_account
from keyconsole.aws_accounts.roles import Role
from keyconsole.people.groups import leave
from keyconsole.policies.account_edits.apply import look_at_edits
from keyconsole.policies.account_edits.propose import EDIT_LIVES, agree, propose_edit, reject, withdraw
from keyconsole.policies.models import AccountEdit
from keyconsole.policies.versions.votes import tallies
from keyconsole.refusals import Invalid, Refused
from tests.cast import NOW, Cast, Inventory, hold
from tests.policies.account_edits.conftest import OTHER, ROLE, WHY, Propose
from tests.policies.documents import confirm, rules

LATER = NOW + timedelta(hours=1)


def role_of(account: AwsAccount) -> str:
    return AwsAccount.objects.get(pk=account.pk).role_arn


def events() -> list[str]:
    found = Entry.objects.filter(event__startswith="account.edit_").order_by("pk")
    return list(found.values_list("event", flat=True))


def test_nothing_is_changed_until_everybody_agreed_who_is_asked(cast: Cast, propose: Propose) -> None:
    edit = propose()
    assert (str(edit), role_of(cast.payments)) == ("payments edit 1", ROLE)
    assert agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER) is False
    assert role_of(cast.payments) == ROLE
    assert agree(edit, by=cast.bea, sha256=edit.sha256, now=LATER) is True
    assert (edit.state, role_of(cast.payments)) == ("applied", OTHER)
    assert events() == [
        "account.edit_proposed",
        "account.edit_agreed",
        "account.edit_agreed",
        "account.edit_applied",
    ]
    assert Entry.objects.get(event="account.edit_applied").data["agreed_by"] == ["bea", "ben"]
    changed = Entry.objects.get(event="account.changed")
    assert (changed.actor, changed.data["role_arn"]) == ("ada", {"from": ROLE, "to": OTHER})


def test_its_connection_is_tested_once_it_is_made(cast: Cast, propose: Propose) -> None:
    edit = propose()
    for person in (cast.ben, cast.bea):
        agree(edit, by=person, sha256=edit.sha256, now=LATER)
    account = AwsAccount.objects.get(pk=cast.payments.pk)
    assert (account.tested_at, account.test_asked_by) == (None, "ada")
    assert account.due_at is not None


def test_the_external_id_stands_nowhere_in_it(cast: Cast, propose: Propose) -> None:
    edit = propose()
    assert "keyconsole-1" not in str([edit.before, edit.after, *Entry.objects.values_list("data", flat=True)])


def test_who_proposes_never_counts(cast: Cast, propose: Propose) -> None:
    grant(cast.ada, Role.APPROVER, None, by="root", now=NOW)
    cast.ada.groups.set(cast.ben.groups.all())
    edit = propose()
    assert "ada" not in {name for tally in tallies(edit) for name in tally.still_able}
    with pytest.raises(Refused, match="You proposed payments edit 1"):
        agree(edit, by=cast.ada, sha256=edit.sha256, now=LATER)


@pytest.mark.parametrize("who", ["ana", "cleo", "dan"])
def test_who_is_not_asked_decides_nothing(cast: Cast, propose: Propose, who: str) -> None:
    edit, person = propose(), getattr(cast, who)
    with pytest.raises(Refused, match="does not need your agreement"):
        agree(edit, by=person, sha256=edit.sha256, now=LATER)
    with pytest.raises(Refused, match="does not need your agreement"):
        reject(edit, by=person, reason="no", now=LATER)
    with pytest.raises(Refused, match="Only who proposed it"):
        withdraw(edit, by=person, now=LATER)


@pytest.mark.parametrize("who", ["ana", "ben", "cleo", "dan"])
def test_only_an_administrator_of_the_account_proposes(cast: Cast, inventory: Inventory, who: str) -> None:
    with pytest.raises(Refused, match="You do not administer payments"):
        propose_edit(cast.payments, by=getattr(cast, who), why=WHY, now=NOW, role_arn=OTHER)


def test_what_was_agreed_to_is_exactly_what_was_read(cast: Cast, propose: Propose) -> None:
    edit = propose()
    with pytest.raises(Refused, match="says something else than what you read"):
        agree(edit, by=cast.ben, sha256="0" * 64, now=LATER)


def test_a_vote_that_is_sent_twice_counts_once(cast: Cast, propose: Propose) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    with pytest.raises(Refused, match="You have voted"):
        agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    assert edit.votes.count() == 1


def test_a_second_edit_waits_for_the_first(cast: Cast, propose: Propose) -> None:
    propose()
    with pytest.raises(Refused, match=r"payments edit 1 waits for agreement\."):
        propose(role_arn="arn:aws:iam::111122223333:role/Third")
    assert AccountEdit.objects.count() == 1


def test_one_rejection_ends_it(cast: Cast, propose: Propose) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    reject(edit, by=cast.bea, reason="That role may do anything.", now=LATER)
    assert (edit.state, role_of(cast.payments)) == ("rejected", ROLE)
    with pytest.raises(Refused, match="is rejected"):
        agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)


def test_its_proposer_takes_it_back(cast: Cast, propose: Propose) -> None:
    edit = propose()
    withdraw(edit, by=cast.ada, now=LATER)
    assert (edit.state, events()[-1]) == ("withdrawn", "account.edit_withdrawn")
    assert propose().number == 2


def test_it_expires(cast: Cast, propose: Propose) -> None:
    edit = propose()
    look_at_edits(now=NOW + EDIT_LIVES - timedelta(seconds=1))
    edit.refresh_from_db()
    assert edit.state == "proposed"
    look_at_edits(now=NOW + EDIT_LIVES)
    edit.refresh_from_db()
    assert (edit.state, edit.outcome) == ("expired", "was not decided on in time.")
    assert events()[-1] == "account.edit_ended"


@pytest.mark.parametrize("seen_by", ["vote", "sweep"])
def test_the_account_was_changed_meanwhile(cast: Cast, propose: Propose, seen_by: str) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    call_command(
        "change_account",
        "payments",
        "--session-name=desk",
        "--external-id=other",
        "--no-test",
        stdout=StringIO(),
    )
    if seen_by == "vote":
        with pytest.raises(Refused, match="was overtaken: the account was changed meanwhile"):
            agree(edit, by=cast.bea, sha256=edit.sha256, now=LATER)
    else:
        look_at_edits(now=LATER)
    edit.refresh_from_db()
    assert (edit.state, role_of(cast.payments)) == ("stale", ROLE)


def test_another_name_of_the_account_does_not_overtake_it(cast: Cast, propose: Propose) -> None:
    edit = propose()
    change_account(cast.payments, origin=Origin.PAGE, by="ada", now=NOW, name="cards")
    for person in (cast.ben, cast.bea):
        agree(edit, by=person, sha256=edit.sha256, now=LATER)
    account = AwsAccount.objects.get(pk=cast.payments.pk)
    assert (account.name, account.role_arn) == ("cards", OTHER)


def test_nobody_stands_behind_it_once_its_proposer_left(cast: Cast, propose: Propose) -> None:
    edit = propose()
    revoke(cast.ada, Role.ADMINISTRATOR, None, by="root", now=NOW)
    look_at_edits(now=LATER)
    edit.refresh_from_db()
    assert (edit.state, "no longer administers" in edit.outcome) == ("stale", True)


def test_what_a_page_may_not_say_any_more_is_not_made(cast: Cast, propose: Propose, settings: Any) -> None:
    AwsAccount.objects.filter(pk=cast.payments.pk).update(origin="page")
    settings.KEYCONSOLE_ALLOWED_PROFILES = ["hub"]
    edit = propose(source="profile", profile_name="hub")
    settings.KEYCONSOLE_ALLOWED_PROFILES = []
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    assert agree(edit, by=cast.bea, sha256=edit.sha256, now=LATER) is False
    assert (edit.state, role_of(cast.payments)) == ("stale", ROLE)
    assert "cannot be made any more" in edit.outcome


def test_what_cannot_stand_is_refused_at_once(cast: Cast, propose: Propose) -> None:
    with pytest.raises(Invalid, match="belongs to the account"):
        propose(role_arn="arn:aws:iam::222233334444:role/KeyConsole")
    with pytest.raises(Refused, match="That is how payments already is"):
        propose(role_arn=ROLE)


def test_it_needs_a_reason(cast: Cast, inventory: Inventory) -> None:
    with pytest.raises(Refused, match="Say why"):
        propose_edit(cast.payments, by=cast.ada, why=" ", now=NOW, role_arn=OTHER)


def test_where_nobody_else_could_agree_the_terminal_is_the_way(cast: Cast, propose: Propose) -> None:
    leave(cast.bea, "security", by="ada", now=NOW)
    with pytest.raises(Refused, match="Nobody but you could agree to it: 1 more from security, for payments"):
        propose()
    call_command("change_account", "payments", f"--role-arn={OTHER}", "--no-test", stdout=StringIO())
    assert role_of(cast.payments) == OTHER


def test_whom_every_key_asks_has_to_agree(cast: Cast, propose: Propose) -> None:
    """One key of the account falls under stricter rules: these ask too, and the others as well."""
    hold(
        rules(name="ledgers", applies_to={"aliases": ["ledger"]}, requirements=[{"group": "", "at_least": 2}])
    )
    asked = [[need.words for need in tally.agreement.requirements] for tally in tallies(propose())]
    assert sorted(asked) == [["1 from platform", "1 from security"], ["2 of the account's approvers"]]


def test_where_nobody_can_tell_which_rules_hold_each_of_them_asks(cast: Cast, propose: Propose) -> None:
    hold(
        rules(name="gold", applies_to={"tags": {"tier": "gold"}}, requirements=[{"group": "", "at_least": 2}])
    )
    assert len(tallies(propose())) == 1
    AccountEdit.objects.all().delete()
    cast.payments.keys.get(alias="alias/ledger").region_keys.update(details_at=None)
    assert len(tallies(propose())) == 2


def test_keys_that_a_requester_moves_alone_still_ask_one_approver(cast: Cast, propose: Propose) -> None:
    hold(confirm(name="cards", applies_to={"accounts": ["111122223333"]}))
    edit = propose()
    assert agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER) is True


def test_rules_that_hold_at_the_vote_ask(cast: Cast, propose: Propose) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    hold(
        rules(
            name="cards",
            applies_to={"accounts": ["111122223333"]},
            requirements=[{"group": "platform", "at_least": 1}, {"group": "", "at_least": 1}],
        )
    )
    assert agree(edit, by=cast.bea, sha256=edit.sha256, now=LATER) is True


def test_it_is_made_when_who_had_agreed_comes_back(cast: Cast, propose: Propose) -> None:
    edit = propose()
    agree(edit, by=cast.ben, sha256=edit.sha256, now=LATER)
    cast.ben.is_active = False
    cast.ben.save()
    agree(edit, by=cast.bea, sha256=edit.sha256, now=LATER)
    assert edit.state == "proposed"
    cast.ben.is_active = True
    cast.ben.save()
    look_at_edits(now=LATER)
    edit.refresh_from_db()
    assert (edit.state, role_of(cast.payments)) == ("applied", OTHER)


def test_the_door_below_the_pages_is_shut_too(cast: Cast, inventory: Inventory) -> None:
    with pytest.raises(Refused, match="is proposed on its page"):
        change_account(cast.payments, origin=Origin.PAGE, by="ada", now=NOW, role_arn=OTHER)
    change_account(cast.payments, origin=Origin.PAGE, by="ada", now=NOW, name="cards", session_name="desk")
    assert (role_of(cast.payments), cast.payments.name) == (ROLE, "cards")


def test_an_account_without_keys_is_changed_at_once(cast: Cast) -> None:
    change_account(cast.payments, origin=Origin.PAGE, by="ada", now=NOW, role_arn=OTHER)
    assert role_of(cast.payments) == OTHER
