"""A second click: the very same thing by the same person counts once; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from keyconsole.audit.models import Entry
from keyconsole.changes.actions.action import Action, Actor
from keyconsole.changes.actions.change_actions import SAME_COMMENT_WITHIN
from keyconsole.changes.models import Batch, Change
from keyconsole.changes.states import State
from keyconsole.refusals import Refused
from tests.cast import NOW, Cast, Inventory
from tests.changes.actions.ready import ACTIONS, Ready, ready

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=2)
# What was taken back may be given again: there is nothing that stands.
COUNTS_ONCE = sorted(set(ACTIONS) - {"change-withdraw"})
each_action = pytest.mark.parametrize("name", COUNTS_ONCE)


def once(name: str, at: Ready, *, now: Any = SOON, **over: Any) -> bool:
    actor = Actor(by=at.by, now=now, via="test")
    return ACTIONS[name].do_once(at.subject, replace(at.given, **over), actor)


@each_action
def test_the_same_again_counts_once(name: str, cast: Cast, inventory: Inventory) -> None:
    at = ready(name, cast, inventory)
    assert once(name, at, now=NOW)
    recorded = Entry.objects.count()
    assert not once(name, at)
    assert Entry.objects.count() == recorded


# Running decides by the time that stands in the row which was read; the page reads it anew.
@pytest.mark.parametrize("name", [name for name in COUNTS_ONCE if name != "change-run"])
def test_a_copy_of_what_it_was_is_enough_as_of_two_tabs(name: str, cast: Cast, inventory: Inventory) -> None:
    at = ready(name, cast, inventory)
    other_tab = replace(at, subject=type(at.subject).objects.get(pk=at.subject.pk))
    assert once(name, at, now=NOW)
    assert not once(name, other_tab)


@each_action
def test_a_stranger_who_sends_it_reads_a_refusal(name: str, cast: Cast, inventory: Inventory) -> None:
    at = ready(name, cast, inventory)
    assert once(name, at, now=NOW)
    with pytest.raises(Refused):
        once(name, replace(at, by=cast.dan))


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("change-reject", {"reason": "Never."}),
        ("change-review", {"comment": "It did burn."}),
        ("change-review", {"was_right": True}),
        ("change-cancel", {"reason": "Wrong Region."}),
        ("change-cancel", {"reason": ""}),
        ("change-approve", {"plan_sha256": "0" * 64}),
        ("batch-reject", {"reason": "Never."}),
        ("batch-cancel", {"reason": "Wrong Region."}),
        ("batch-approve", {"plan_sha256": "0" * 64}),
    ],
)
def test_other_words_or_another_plan_are_another_thing(
    name: str, over: dict[str, Any], cast: Cast, inventory: Inventory
) -> None:
    at = ready(name, cast, inventory)
    assert once(name, at, now=NOW)
    with pytest.raises(Refused):
        once(name, at, **over)


@pytest.mark.parametrize("name", ["change-reject", "change-review", "change-cancel", "change-comment"])
def test_lines_that_a_browser_ends_its_own_way_are_the_same_words(
    name: str, cast: Cast, inventory: Inventory
) -> None:
    at = ready(name, cast, inventory)
    words = {"change-comment": "text", "change-review": "comment"}.get(name, "reason")
    assert once(name, at, now=NOW, **{words: "Two\r\nlines. "})
    assert not once(name, at, **{words: "Two\r\nlines. "})


def test_an_approval_that_was_taken_back_can_be_given_again(cast: Cast, inventory: Inventory) -> None:
    at = ready("change-approve", cast, inventory)
    assert once("change-approve", at, now=NOW)
    withdraw: Action[Any, Any] = ACTIONS["change-withdraw"]
    withdraw.do(at.subject, withdraw.given({}), Actor(by=at.by, now=SOON, via="test"))
    assert once("change-approve", at)
    assert at.subject.approvals.not_withdrawn().count() == 1


def test_a_comment_is_written_again_when_it_is_meant(cast: Cast, inventory: Inventory) -> None:
    at = ready("change-comment", cast, inventory)
    assert once("change-comment", at, now=NOW)
    assert once("change-comment", at, text="And in archive.")
    assert once("change-comment", at, now=NOW + SAME_COMMENT_WITHIN)
    assert once("change-comment", replace(at, by=cast.ana))


def test_what_has_ended_will_not_run_whoever_said_so_before(cast: Cast, inventory: Inventory) -> None:
    at = ready("change-run", cast, inventory)
    assert once("change-run", at, now=NOW)
    Change.objects.update(state=State.DONE)
    at.subject.refresh_from_db()
    with pytest.raises(Refused, match="is done: only an approved change can run"):
        once("change-run", at)


def test_an_ended_batch_will_not_run_whoever_said_so_before(cast: Cast, inventory: Inventory) -> None:
    at = ready("batch-run", cast, inventory)
    assert once("batch-run", at, now=NOW)
    Batch.objects.update(ended_at=SOON)
    with pytest.raises(Refused, match="waits for somebody to run it"):
        once("batch-run", at)


def test_a_time_of_its_own_is_another_thing(cast: Cast, inventory: Inventory) -> None:
    at = ready("change-run", cast, inventory)
    assert once("change-run", at, now=NOW)
    with pytest.raises(Refused, match="It runs by itself"):
        once("change-run", at, run_at=NOW + timedelta(hours=3))


def test_after_a_refusal_the_subject_shows_what_holds_now(cast: Cast, inventory: Inventory) -> None:
    at = ready("change-cancel", cast, inventory)
    Change.objects.update(state=State.EXECUTING)
    with pytest.raises(Refused):
        once("change-cancel", at)
    assert at.subject.state == "executing"


def test_a_script_that_does_the_same_again_has_done_it_twice_or_is_refused(
    cast: Cast, inventory: Inventory
) -> None:
    """`do` is for the terminal: what was asked for, each time."""
    at = ready("change-comment", cast, inventory)
    for _ in range(2):
        ACTIONS["change-comment"].do(at.subject, at.given, Actor(by=at.by, now=NOW, via="test"))
    assert at.subject.comments.count() == 2
    cancel, by_ana = ACTIONS["change-cancel"], Actor(by=cast.ana, now=NOW, via="test")
    cancel.do(at.subject, cancel.given({"reason": ""}), by_ana)
    with pytest.raises(Refused):
        cancel.do(at.subject, cancel.given({"reason": ""}), by_ana)
