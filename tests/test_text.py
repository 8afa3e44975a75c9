"""Text from people, as a table."""

from __future__ import annotations

import pytest

from keyconsole.refusals import Refused
from keyconsole.text import SEARCH_AT_MOST, WORDS_AT_MOST, clean_search


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("", ""),
        ("  vault ", "vault"),
        ("cafe\u0301", "caf\u00e9"),
        ("one\ntwo\tthree", "one two three"),
        ("\u0646\u200c\u0645", "\u0646\u200c\u0645"),
        ("x" * SEARCH_AT_MOST, "x" * SEARCH_AT_MOST),
        (" ".join(["w"] * WORDS_AT_MOST), " ".join(["w"] * WORDS_AT_MOST)),
    ],
)
def test_a_search_is_one_line_of_words(typed: str, searched: str) -> None:
    assert clean_search(typed) == searched


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 201, "The text has 201 characters; at most 200 are searched for."),
        ("x" * 5000, "The text has 5,000 characters"),
        (" ".join(["w"] * 9), "The text has 9 words; at most 8 are searched for."),
        ("a\x00b", "holds control characters"),
        ("a\x1bb", "holds control characters"),
        ("a\x7fb", "holds control characters"),
        ("a\u202eb", "holds control characters"),
        ("a\ud800b", "holds control characters"),
    ],
)
def test_what_nobody_means_is_refused_and_told(typed: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        clean_search(typed)
