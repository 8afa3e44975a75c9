"""`manage.py change`: the pages' verbs at the terminal, by the same functions and with the same record."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.audit.models import Entry
from keyconsole.changes.requests.break_glass import break_glass
from keyconsole.changes.requests.create import MoveRequest
from keyconsole.changes.requests.request import request_move
from keyconsole.policies.document.rules import Runs, Selector
from tests.changes.actions.ready import overdue
from tests.changes.approvals.teams import agree, hold_for_payments, join
from tests.changes.commands import DONE, REFUSED, USAGE, manage

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


@pytest.fixture
def change(cast, inventory):
    """Ana asks now; one of platform and one of security have to agree."""
    hold_for_payments(cast, emergency_group="on-call")
    return ask(cast, inventory.card_vault)


def ask(cast, key, **over):
    wish = {"to_region": "eu-west-1", "by": cast.ana, "reason": "Closer to its users.", **over}
    return request_move(key, token=uuid.uuid4().hex, now=timezone.now(), **wish)


def state_of(change):
    change.refresh_from_db()
    return change.state


def act(verb, change, *options, by="ben"):
    return manage("change", verb, change.ref, *options, "--as", by)


def test_show_says_who_was_told_and_when_it_ended(change, cast):
    assert "Told       Nobody was written to" in manage("change", "show", change.ref).out
    assert "Told" not in manage("change", "cancel", change.ref, "--as", "ana").out
    shown = manage("change", "show", change.ref).out
    change.refresh_from_db()
    assert f"{change.ref} cancelled at {change.closed_at:%Y-%m-%d %H:%M} UTC. Cancelled by ana" in shown


def test_show_says_by_which_tags_and_aliases_policies_choose(cast, inventory):
    chosen_by = Selector(tags={"tier": "gold", "team": "plat*"}, aliases=("card-*",))
    hold_for_payments(cast)
    hold_for_payments(cast, name="gold", applies_to=chosen_by)
    shown = manage("change", "show", ask(cast, inventory.card_vault).ref).out
    assert "Chosen by  tag team, is 'platform'" in shown
    assert "Chosen by  tag tier, is not there" in shown
    assert "Chosen by  alias card-*, fits alias/card-vault" in shown


def test_approve_takes_the_hash_that_show_prints_and_says_who_is_still_asked(change):
    shown = manage("change", "show", change.ref)
    assert f"Plan       {change.plan_sha256}" in shown.out
    said = act("approve", change, "--plan", change.plan_sha256, "--comment", "Read twice.")
    assert said.status == DONE
    assert "Waits for  1 more of security: bea." in said.out
    assert act("approve", change, "--plan", change.plan_sha256, by="bea").status == DONE
    assert state_of(change) == "approved"


def test_another_hash_approves_nothing(change):
    said = act("approve", change, "--plan", "0" * 64)
    assert said.status == REFUSED
    assert "is not the plan of CR-1" in said.err
    assert not change.approvals.exists()


def test_each_verb_says_in_the_record_by_which_proof(change):
    act("approve", change, "--plan", change.plan_sha256)
    act("comment", change, "--text", "Read twice.", by="bea")
    act("cancel", change, by="ana")
    for event in ("change.approval_given", "change.commented", "change.cancelled"):
        data = Entry.objects.get(event=event).data
        assert (data["proof"], data["proof_age_seconds"]) == ("password", 0), event


def test_the_record_tells_the_terminal_from_the_page(change):
    act("approve", change, "--plan", change.plan_sha256)
    entry = Entry.objects.get(event="change.approval_given")
    assert entry.actor == "ben"
    assert entry.data["via"] == "at the terminal of keys-1, as OS user root, proved by password"


def test_the_requester_is_refused_at_the_terminal_too(change):
    said = act("approve", change, "--plan", change.plan_sha256, by="ana")
    assert said.status == REFUSED
    assert "Who asks for a change never decides about it." in said.err


def test_reject_ends_it_with_its_reason(change):
    assert act("reject", change, "--reason", "Not this week.").status == DONE
    assert state_of(change) == "rejected"
    assert "Not this week." in manage("change", "show", change.ref).out
    assert act("reject", change, "--reason", "Again.").status == REFUSED


def test_withdraw_takes_the_approval_back_and_show_keeps_it(change, cast):
    agree(change, cast.ben, now=timezone.now())
    assert act("withdraw", change).status == DONE
    assert "taken back" in manage("change", "show", change.ref).out
    assert act("withdraw", change).status == REFUSED


def test_comment_is_shown_and_resets_nothing(change, cast):
    agree(change, cast.ben, now=timezone.now())
    said = act("comment", change, "--text", "Tested in research.", by="ana")
    assert "Tested in research." in said.out
    assert change.approvals.not_withdrawn().count() == 1


def test_cancel_is_for_the_requester(change):
    assert act("cancel", change).status == REFUSED
    assert act("cancel", change, "--reason", "Wrong key.", by="ana").status == DONE
    assert state_of(change) == "cancelled"


def test_run_sets_it_going_now_or_at_a_time_in_utc(cast, inventory):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(ask(cast, inventory.card_vault), cast.ben, cast.bea, now=timezone.now())
    later = timezone.now() + timedelta(hours=3)
    assert act("run", change, "--at", f"{later:%Y-%m-%dT%H:%M}", by="ana").status == DONE
    change.refresh_from_db()
    assert change.run_at == later.replace(second=0, microsecond=0)
    assert "It will run at" in manage("change", "show", change.ref).out
    assert act("run", change).status == DONE
    change.refresh_from_db()
    assert change.run_at <= timezone.now()


@pytest.mark.parametrize("at", ["tomorrow", "2026-13-01T10:00", "99999999999999", "2020-01-01T00:00"])
def test_a_time_that_cannot_be_is_refused(cast, inventory, at):
    hold_for_payments(cast, runs=Runs.BY_HAND)
    change = agree(ask(cast, inventory.card_vault), cast.ben, cast.bea, now=timezone.now())
    assert act("run", change, "--at", at, by="ana").status in {REFUSED, USAGE}
    change.refresh_from_db()
    assert change.run_at is None


def test_review_judges_an_emergency(change, cast, inventory):
    act("cancel", change, by="ana")
    join("on-call", cast.ana)
    now = timezone.now()
    wish = MoveRequest(
        key=inventory.card_vault,
        to_region="eu-west-1",
        by=cast.ana,
        reason="us-east-1 burns: " * 3,
        token="e",
    )
    used = break_glass(wish, reauthenticated_at=now, now=now)
    assert manage("change", "list", "--needs", "ben").out.startswith(used.ref)
    assert act("review", used, "--right", "--comment", "Mine.", by="ana").status == REFUSED
    assert act("review", used, "--wrong", "--comment", "It did not burn.").status == DONE
    assert used.review.__class__.objects.get().was_right is False
    assert manage("change", "list", "--needs", "ben").out == ""


def test_list_shows_everything_and_narrows_by_state_and_by_who_is_needed(change, cast):
    assert change.ref in manage("change", "list").out
    assert manage("change", "list", "--state", "done").out == ""
    assert change.ref in manage("change", "list", "--needs", "ben").out
    for name in ("ana", "cleo", "dan"):
        assert manage("change", "list", "--needs", name).out == ""
    agree(change, cast.ben, now=timezone.now())
    assert manage("change", "list", "--needs", "ben").out == ""
    assert change.ref in manage("change", "list", "--needs", "bea").out


def test_show_as_json_has_plan_rules_and_whom_it_waits_for(change):
    facts = json.loads(manage("change", "show", change.ref, "--json").out)
    assert facts["plan"]["to_region"] == "eu-west-1"
    assert facts["policy"] == "payments version 1"
    assert facts["requirements"][0] == {
        "group": "platform",
        "at_least": 1,
        "filled_by": [],
        "missing": 1,
        "may_fill": ["ben"],
        "because": "",
        "second_factor": False,
    }


@pytest.mark.parametrize("ref", ["CR-99", "CR-0", "1; drop", "CR-" + "9" * 40, "\x1b[2J"])
def test_a_change_that_is_not_there_is_a_usage_error(cast, ref):
    said = manage("change", "show", ref)
    assert said.status == USAGE
    assert "There is no change" in said.err
    assert "\x1b" not in said.err


def test_an_unknown_person_proves_nothing(change):
    assert act("withdraw", change, by="nobody").status == REFUSED


def test_two_people_close_an_overdue_change_as_unknown(cast, inventory):
    stuck = overdue(cast, inventory)
    assert act("close", stuck, "--reason", "The account is gone.", by="ben").status == REFUSED
    assert act("close", stuck, "--reason", "The account is gone.", by="ada").status == DONE
    assert act("agree", stuck, by="ada").status == REFUSED
    assert act("agree", stuck, by="ben").status == DONE
    assert "closed as unknown" in manage("change", "show", stuck.ref).out.lower()
    assert manage("change", "list", "--state", "unknown").out.startswith(stuck.ref)
