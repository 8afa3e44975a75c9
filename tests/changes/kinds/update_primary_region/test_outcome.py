from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.changes.kinds.parts import Call, Looks, Outcome, Said, View
from keyconsole.changes.kinds.update_primary_region.outcome import judge

OLD, NEW, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"
AT = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
LONG = Looks(count=96, since=AT, until=AT.replace(hour=15), enough=True)
SHORT = Looks(count=3, since=AT, until=AT.replace(minute=3), enough=False)


def view(region, role="REPLICA", state="Enabled", names=NEW):
    return View(region, role, state, names if role else "")


def said(what="nothing", *, looks=LONG, was_seen=False):
    return Call(Said(what), words="AWS said something.", looks=looks, was_seen=was_seen)


YES = said("yes", looks=SHORT)


def ruling(*views, call=YES, not_required=frozenset()):
    return judge(views, from_region=OLD, to_region=NEW, call=call, not_required=not_required)


SETTLED = (view(OLD), view(NEW, "PRIMARY"), view(THIRD))
NOT_MOVED = (view(OLD, "PRIMARY", names=OLD), view(NEW, names=OLD), view(THIRD, names=OLD))
SWAPPED_UPDATING = (view(OLD, state="Updating"), view(NEW, "PRIMARY", "Updating"), view(THIRD))
TWO_REPLICAS = (view(OLD, state="Updating", names=OLD), view(NEW, state="Updating", names=OLD), view(THIRD))
UNREAD = View(THIRD)


def test_done_when_every_region_agrees_and_both_are_enabled():
    assert ruling(*SETTLED).outcome == Outcome.DONE


@pytest.mark.parametrize("views", [SWAPPED_UPDATING, TWO_REPLICAS])
@pytest.mark.parametrize("answer", [*Said])
def test_while_aws_says_updating_nothing_is_decided(views, answer):
    assert ruling(*views, call=said(answer, was_seen=True)).outcome == Outcome.WAIT


def test_two_replicas_and_no_primary_is_called_moving():
    assert "Moving" in ruling(*TWO_REPLICAS).sentence


def test_a_third_region_that_lags_behind_keeps_it_settling():
    judgement = ruling(view(OLD), view(NEW, "PRIMARY"), view(THIRD, names=OLD))
    assert judgement.outcome == Outcome.WAIT
    assert THIRD in judgement.sentence


def test_an_unreadable_region_keeps_it_settling_and_is_named_even_after_the_deadline():
    judgement = ruling(view(OLD), view(NEW, "PRIMARY"), UNREAD, call=said())
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


def test_an_old_primary_that_still_is_updating_is_not_settled_and_is_named():
    judgement = ruling(view(OLD, state="Updating"), view(NEW, "PRIMARY"), view(THIRD))
    assert judgement.outcome == Outcome.WAIT
    assert judgement.sentence == f"{NEW} is the primary; the key in {OLD} still is Updating."


def test_a_third_key_that_is_updating_is_no_matter_of_this_move():
    assert ruling(view(OLD), view(NEW, "PRIMARY"), view(THIRD, state="Updating")).outcome == Outcome.DONE


def test_after_a_definite_refusal_one_look_is_enough():
    assert ruling(*NOT_MOVED, call=said("no", looks=None)).outcome == Outcome.NOT_APPLIED


@pytest.mark.parametrize("looks", [None, SHORT, LONG])
def test_after_a_yes_no_look_at_the_old_primary_ever_ends_it(looks):
    judgement = ruling(*NOT_MOVED, call=said("yes", looks=looks))
    assert judgement.outcome == Outcome.WAIT
    assert judgement.sentence.startswith("AWS said something. ")
    assert "Reads of KMS may lag behind" in judgement.sentence


def test_while_it_waits_it_tells_how_many_looks_showed_the_old_primary_and_until_when():
    assert ruling(*NOT_MOVED).sentence == (
        "AWS said something. 3 looks from 2026-11-23 14:02:11 UTC to 2026-11-23 14:03:11 UTC show us-east-1 "
        "as the primary. Reads of KMS may lag behind: it goes on being watched."
    )


def test_after_a_lost_answer_the_old_primary_has_to_be_seen_for_long():
    for looks in (None, SHORT):
        assert ruling(*NOT_MOVED, call=said(looks=looks)).outcome == Outcome.WAIT
    assert ruling(*NOT_MOVED, call=said()).outcome == Outcome.NOT_APPLIED


def test_what_was_seen_as_the_primary_and_no_longer_is_was_changed_again_whatever_aws_had_said():
    for answer in Said:
        assert ruling(*NOT_MOVED, call=said(answer, was_seen=True)).outcome == Outcome.NOT_APPLIED
    assert ruling(*NOT_MOVED, call=said("yes", was_seen=True, looks=SHORT)).outcome == Outcome.WAIT


@pytest.mark.parametrize("odd", [view(THIRD, names=NEW), view(THIRD, state="Updating", names=OLD)])
def test_a_lost_answer_is_not_given_up_while_one_region_says_otherwise(odd):
    assert ruling(*NOT_MOVED[:2], odd, call=said()).outcome == Outcome.WAIT


def test_an_old_primary_that_somebody_disabled_is_no_reason_to_wait_for_ever():
    views = (view(OLD, "PRIMARY", "Disabled", names=OLD), *NOT_MOVED[1:])
    assert ruling(*views, call=said()).outcome == Outcome.NOT_APPLIED


def test_a_refusal_because_somebody_else_had_made_the_same_move_is_done():
    assert ruling(*SETTLED, call=said("no")).outcome == Outcome.DONE


@pytest.mark.parametrize("answer", [*Said])
def test_a_third_primary_means_that_somebody_else_moved_it(answer):
    views = (view(OLD, names=THIRD), view(NEW, names=THIRD), view(THIRD, "PRIMARY", names=THIRD))
    judgement = ruling(*views, call=said(answer))
    assert judgement.outcome == Outcome.NOT_APPLIED
    assert "omebody else" in judgement.sentence
    if answer != Said.NO:
        assert ruling(*views, call=said(answer, looks=SHORT)).outcome == Outcome.WAIT


calls = st.builds(
    Call,
    said=st.sampled_from(Said),
    words=st.just("AWS said something."),
    was_seen=st.booleans(),
    looks=st.sampled_from([None, SHORT, LONG]),
)
any_view = st.builds(
    View,
    region=st.just(""),
    role=st.sampled_from(["", "PRIMARY", "REPLICA"]),
    state=st.sampled_from(["Enabled", "Updating", "Disabled", "PendingDeletion"]),
    names_primary=st.sampled_from([OLD, NEW, THIRD]),
)


def placed(one, region):
    return View(region, one.role, one.state, one.names_primary)


@given(any_view, any_view, any_view, calls)
def test_done_is_only_ever_said_of_the_settled_picture(old, new, third, call):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    judgement = ruling(*views, call=call)
    settled = new.role == "PRIMARY" and "Updating" not in {old.state, new.state}
    alone = "PRIMARY" not in {old.role, third.role}
    agreed = alone and all(one.role and one.names_primary == NEW for one in (old, new, third))
    assert (judgement.outcome == Outcome.DONE) == (settled and agreed)


@given(any_view, any_view, any_view, calls)
def test_an_unknown_region_never_decides_anything(old, new, third, call):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    if not all(one.role for one in views):
        assert ruling(*views, call=call).outcome == Outcome.WAIT


@given(any_view, any_view, any_view, calls)
def test_a_yes_that_no_look_has_shown_is_never_told_as_not_applied_while_the_old_one_is_seen(
    old, new, third, call
):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    if call.said == Said.YES and not call.was_seen and "PRIMARY" in {old.role, new.role}:
        assert ruling(*views, call=call).outcome != Outcome.NOT_APPLIED


@given(any_view, any_view, any_view, calls)
def test_without_a_refusal_nothing_is_not_applied_before_looks_have_agreed_for_long(old, new, third, call):
    views = (placed(old, OLD), placed(new, NEW), placed(third, THIRD))
    if call.said != Said.NO and not call.looks_suffice:
        assert ruling(*views, call=call).outcome != Outcome.NOT_APPLIED
