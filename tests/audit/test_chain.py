"""The hash chain: whatever is changed, taken out or put in, the first broken link is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keyconsole.audit.chain import FIRST, Link, canonical_json, first_break, link_hash

CONTENTS = st.lists(
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.none(), st.integers(), st.text(max_size=8)), max_size=4
    ),
    min_size=1,
    max_size=12,
)


def chained(contents) -> list[Link]:
    links, previous = [], FIRST
    for number, content in enumerate(contents, start=1):
        sha256 = link_hash(content, previous=previous)
        links.append(Link(number, content, previous, sha256))
        previous = sha256
    return links


def test_no_entries_are_a_chain_that_holds():
    assert first_break([]) is None


@given(CONTENTS)
def test_an_untouched_chain_holds(contents):
    assert first_break(chained(contents)) is None


@given(CONTENTS, st.data())
def test_a_changed_entry_is_named(contents, data):
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], content={**links[at].content, "added afterwards": True})
    assert first_break(links) == at + 1


@given(CONTENTS, st.data())
def test_an_entry_whose_hash_was_made_to_fit_breaks_the_one_after_it(contents, data):
    links = chained([*contents, {"last": True}])
    at = data.draw(st.integers(0, len(links) - 2))
    forged = {**links[at].content, "added afterwards": True}
    links[at] = replace(links[at], content=forged, sha256=link_hash(forged, previous=links[at].previous))
    assert first_break(links) == at + 2


@given(CONTENTS, st.data())
def test_a_removed_entry_is_named_by_the_number_that_is_missing(contents, data):
    links = chained([*contents, {"last": True}])
    at = data.draw(st.integers(0, len(links) - 2))
    del links[at]
    assert first_break(links) == at + 1


@given(CONTENTS, st.integers(-2, 14), st.data())
def test_a_number_that_does_not_follow_is_named_though_every_hash_fits(contents, wrong, data):
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    assume(wrong != at + 1)
    links[at] = replace(links[at], number=wrong)
    assert first_break(links) == at + 1


@given(CONTENTS, st.data())
def test_an_entry_that_names_another_one_before_it_is_named(contents, data):
    """Its own hash still fits: that covers the one which really came before."""
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    links[at] = replace(links[at], previous=link_hash({"another": True}, previous=FIRST))
    assert first_break(links) == at + 1


@given(CONTENTS, st.data())
def test_an_inserted_entry_is_named(contents, data):
    links = chained(contents)
    at = data.draw(st.integers(0, len(links) - 1))
    links.insert(at, links[at])
    assert first_break(links) == at + 2


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical_json({"b": 1, "a": "Ü"}) == canonical_json({"a": "Ü", "b": 1}) == '{"a":"Ü","b":1}'


def test_what_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="Out of range float"):
        canonical_json({"a": float("nan")})
