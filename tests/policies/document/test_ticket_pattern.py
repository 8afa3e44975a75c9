from __future__ import annotations

import time

import pytest

from keyconsole.policies.document.ticket_pattern import (
    LONGEST_TICKET,
    MOST_WAYS,
    pattern_problem,
    ticket_fits,
)

FINE = [
    "",
    r"CHG\d{7}",
    r"[A-Z]+-\d+",
    r"(JIRA|OPS)-\d{1,6}",
    r"(?i)ops \d+",
    r"(?:A-)?\d+",
    r"\d+(?:,\d{3})*",
]
TOO_SLOW = [r"(a+)+", r"(a|a)*", r"(a?){50}", r".*.*.*", r"(\w+\s?)*", r"(()*)*", r"(ab|a){1,60}"]
NOT_SUPPORTED = [r"(a)\1", r"(?=a)b", r"(?<!a)b", r"(a)?(?(1)b|c)"]
NONSENSE = ["(", "[", "a{1,99999999999}", "*", "[[a]]"]


@pytest.mark.parametrize("pattern", FINE)
def test_a_plain_pattern_can_stand(pattern):
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize("pattern", TOO_SLOW)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern):
    assert "very long to check" in pattern_problem(pattern)


@pytest.mark.parametrize("pattern", NOT_SUPPORTED)
def test_what_cannot_be_judged_is_refused(pattern):
    assert "cannot stand in a ticket pattern" in pattern_problem(pattern)


@pytest.mark.parametrize("pattern", NONSENSE)
def test_what_is_no_expression_is_refused(pattern):
    assert "not a regular expression" in pattern_problem(pattern)


def test_the_slowest_pattern_that_passes_is_quick():
    slowest = r"\w*\w*x"
    assert pattern_problem(slowest) == ""
    assert pattern_problem(r"\w*" + slowest) != ""
    begun = time.thread_time()
    assert not ticket_fits(slowest, "a" * LONGEST_TICKET)
    assert time.thread_time() - begun < 5, "seconds of this thread's own work, however busy the machine is"
    assert MOST_WAYS < LONGEST_TICKET**3


def test_the_whole_ticket_has_to_fit():
    assert ticket_fits(r"CHG\d{3}", "CHG123")
    assert not ticket_fits(r"CHG\d{3}", "CHG1234")
    assert not ticket_fits(r"CHG\d{3}", "see CHG123")
    assert not ticket_fits(r"CHG\d{3}", "")
    assert ticket_fits("", "anything")
    assert not ticket_fits(r"a*", "a" * (LONGEST_TICKET + 1))
