"""Saying no: a sentence for people, its code for programs."""

from __future__ import annotations

import copy
import pickle

import pytest

from keyconsole.refusal_codes import Code
from keyconsole.refusals import Invalid, Lost, Reason, Refused, Verdict

NO = Reason(Code.OWN_REQUEST, "Who asks for a change never decides about it.")
LATE = Reason(Code.REQUEST_EXPIRED, "CR-1 has waited too long and expires.")


def test_a_reason_is_its_sentence_and_has_its_code():
    assert NO == "Who asks for a change never decides about it."
    assert f"{NO}" == NO
    assert NO.code == "own-request"


def through_pickle(each: object) -> object:
    return pickle.loads(pickle.dumps(each))  # noqa: S301 - our own


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, through_pickle])
def test_a_copy_keeps_the_code(copied):
    assert copied(NO) == NO
    assert copied(NO).code is Code.OWN_REQUEST


def test_a_refusal_says_every_reason_and_has_every_code():
    with pytest.raises(Refused) as refused:
        Verdict((NO, LATE)).or_refuse()
    assert str(refused.value) == f"{NO} {LATE}"
    assert [reason.code for reason in refused.value.reasons] == [Code.OWN_REQUEST, Code.REQUEST_EXPIRED]


def test_a_verdict_without_reasons_allows_it():
    assert Verdict().allowed
    Verdict().or_refuse()
    assert not Verdict((NO,)).allowed


def test_who_comes_second_reads_that_and_programs_know_it():
    [reason] = Lost("CR-7").reasons
    assert reason == "CR-7 has moved on in the meantime. Look at it again before you decide."
    assert reason.code is Code.LOST_RACE


def test_what_was_entered_wrongly_has_one_code_and_a_sentence_for_each_field():
    invalid = Invalid({"name": "Too long."})
    assert (invalid.code, invalid.problems) == (Code.INVALID, {"name": "Too long."})
