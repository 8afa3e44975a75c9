"""Event names are stored for ever: their shape, their sentences, and that each is told once."""

from __future__ import annotations

import re

import pytest

from keyconsole.audit.events import Event


@pytest.mark.parametrize("event", list(Event), ids=str)
def test_an_event_is_a_noun_and_what_happened_to_it(event):
    assert re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", event.value)
    assert len(event.value) <= 64


@pytest.mark.parametrize("event", list(Event), ids=str)
def test_an_event_has_a_sentence_for_the_help(event):
    assert event.describes.endswith(".")
    assert event.describes[0].isupper()


def test_no_two_events_share_a_sentence():
    assert len({event.describes for event in Event}) == len(Event)


def test_a_stored_name_finds_its_event():
    assert Event._value2member_map_["change.done"] is Event.CHANGE_DONE
