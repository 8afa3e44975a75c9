from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.changes.kinds.parts import Outcome, View
from keyconsole.changes.kinds.update_primary_region.outcome import judge

OLD, NEW, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"


def view(region, role="REPLICA", state="Enabled", names=NEW):
    return View(region, role, state, names if role else "")


def ruling(*views, refused=False, past_deadline=False, not_required=frozenset()):
    return judge(
        views,
        from_region=OLD,
        to_region=NEW,
        refused=refused,
        past_deadline=past_deadline,
        not_required=not_required,
    )


SETTLED = (view(OLD), view(NEW, "PRIMARY"), view(THIRD))
NOT_MOVED = (view(OLD, "PRIMARY", names=OLD), view(NEW, names=OLD), view(THIRD, names=OLD))
SWAPPED_UPDATING = (view(OLD, state="Updating"), view(NEW, "PRIMARY", "Updating"), view(THIRD))
TWO_REPLICAS = (view(OLD, state="Updating", names=OLD), view(NEW, state="Updating", names=OLD), view(THIRD))
UNREAD = View(THIRD)


def test_done_when_every_region_agrees_and_both_are_enabled():
    assert ruling(*SETTLED).outcome == Outcome.DONE


@pytest.mark.parametrize("views", [SWAPPED_UPDATING, TWO_REPLICAS])
@pytest.mark.parametrize("past_deadline", [False, True])
def test_while_aws_says_updating_nothing_is_decided(views, past_deadline):
    assert ruling(*views, past_deadline=past_deadline).outcome == Outcome.WAIT


def test_two_replicas_and_no_primary_is_called_moving():
    assert "Moving" in ruling(*TWO_REPLICAS).sentence


def test_a_third_region_that_lags_behind_keeps_it_settling():
    judgement = ruling(view(OLD), view(NEW, "PRIMARY"), view(THIRD, names=OLD))
    assert judgement.outcome == Outcome.WAIT
    assert THIRD in judgement.sentence


def test_an_unreadable_region_keeps_it_settling_and_is_named_even_after_the_deadline():
    judgement = ruling(view(OLD), view(NEW, "PRIMARY"), UNREAD, past_deadline=True)
    assert judgement.outcome == Outcome.WAIT
    assert THIRD in judgement.sentence


def test_a_third_region_that_could_not_be_read_before_either_is_not_waited_for():
    assert (
        ruling(view(OLD), view(NEW, "PRIMARY"), UNREAD, not_required=frozenset({THIRD})).outcome
        == Outcome.DONE
    )


@pytest.mark.parametrize("blind", [OLD, NEW])
def test_the_two_regions_of_the_move_are_always_required(blind):
    views = [View(one.region) if one.region == blind else one for one in SETTLED]
    assert ruling(*views, not_required=frozenset({OLD, NEW, THIRD})).outcome == Outcome.WAIT


def test_a_third_key_that_was_deleted_meanwhile_is_not_waited_for():
    assert ruling(view(OLD), view(NEW, "PRIMARY"), View(THIRD, gone=True)).outcome == Outcome.DONE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (view(OLD, state="Disabled"), view(NEW, "PRIMARY"), f"the key in {OLD} was Disabled"),
        (view(OLD, state="PendingDeletion"), view(NEW, "PRIMARY"), f"the key in {OLD} was PendingDeletion"),
        (View(OLD, gone=True), view(NEW, "PRIMARY"), f"the key in {OLD} was gone"),
        (view(OLD), view(NEW, "PRIMARY", "Disabled"), f"the key in {NEW} was Disabled"),
        (view(OLD), view(NEW, "PRIMARY", "PendingReplicaDeletion"), "PendingReplicaDeletion"),
    ],
)
def test_what_becomes_of_the_keys_afterwards_does_not_hold_back_the_end(old, new, words):
    """Move it, then delete the old one: ordinary life, and no reason to settle for ever."""
    judgement = ruling(old, new, view(THIRD))
    assert judgement.outcome == Outcome.DONE
    assert words in judgement.sentence


def test_a_new_primary_that_still_is_updating_is_not_settled():
    assert ruling(view(OLD), view(NEW, "PRIMARY", "Updating"), view(THIRD)).outcome == Outcome.WAIT


def test_the_old_primary_still_primary_is_not_applied_only_after_the_deadline():
    assert ruling(*NOT_MOVED).outcome == Outcome.WAIT
    assert ruling(*NOT_MOVED, past_deadline=True).outcome == Outcome.NOT_APPLIED


def test_after_a_definite_refusal_one_look_is_enough():
    assert ruling(*NOT_MOVED, refused=True).outcome == Outcome.NOT_APPLIED


def test_a_refusal_because_somebody_else_had_made_the_same_move_is_done():
    assert ruling(*SETTLED, refused=True).outcome == Outcome.DONE


def test_a_third_primary_means_that_somebody_else_moved_it():
    views = (view(OLD, names=THIRD), view(NEW, names=THIRD), view(THIRD, "PRIMARY", names=THIRD))
    judgement = ruling(*views, past_deadline=True)
    assert judgement.outcome == Outcome.NOT_APPLIED
    assert "somebody else" in judgement.sentence


any_view = st.builds(
    View,
    region=st.just(""),
    role=st.sampled_from(["", "PRIMARY", "REPLICA"]),
    state=st.sampled_from(["Enabled", "Updating", "Disabled", "PendingDeletion"]),
    names_primary=st.sampled_from([OLD, NEW, THIRD]),
)


def placed(one, region):
    return View(region, one.role, one.state, one.names_primary)


@given(any_view, any_view, any_view, st.booleans(), st.booleans())
def test_done_is_only_ever_said_of_the_settled_picture(old, new, third, refused, past_deadline):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    judgement = ruling(*views, refused=refused, past_deadline=past_deadline)
    settled = new.role == "PRIMARY" and new.state != "Updating"
    alone = "PRIMARY" not in {old.role, third.role}
    agreed = alone and all(one.role and one.names_primary == NEW for one in (old, new, third))
    assert (judgement.outcome == Outcome.DONE) == (settled and agreed)


@given(any_view, any_view, any_view, st.booleans())
def test_an_unknown_region_never_decides_anything(old, new, third, past_deadline):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    if not all(one.role for one in views):
        assert ruling(*views, refused=True, past_deadline=past_deadline).outcome == Outcome.WAIT


@given(any_view, any_view, any_view)
def test_without_a_refusal_nothing_is_not_applied_before_the_deadline(old, new, third):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    assert ruling(*views).outcome != Outcome.NOT_APPLIED
