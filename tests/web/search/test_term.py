from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyconsole.web.search.term import Term, read_term, read_terms
from keyconsole.web.templatetags.ids import shorten
from tests.cast import CARD_VAULT

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("CR-12", {"change": 12}),
        ("cr-12", {"change": 12}),
        ("BR-3", {"batch": 3}),
        (ACCOUNT, {"account_id": ACCOUNT}),
        (CARD_VAULT, {"key_id": CARD_VAULT}),
        (CARD_VAULT.upper().replace("MRK", "mrk"), {"key_id": CARD_VAULT}),
        ("mrk-1111…dddd", {"starts": "mrk-1111", "ends": "dddd"}),
        ("mrk-1111...dddd", {"starts": "mrk-1111", "ends": "dddd"}),
        ("alias/card-vault", {"alias": "alias/card-vault"}),
        (
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{CARD_VAULT}",
            {"account_id": ACCOUNT, "key_id": CARD_VAULT},
        ),
        (
            f"arn:aws-cn:kms:cn-north-1:{ACCOUNT}:alias/a/b",
            {"account_id": ACCOUNT, "alias": "alias/a/b"},
        ),
        ("AR-7", {"access": 7}),
        ("rv-2", {"review": 2}),
        ("1111-2222-3333", {"account_id": ACCOUNT}),
        ("1111 2222 3333", {"account_id": ACCOUNT}),
        ("1111-2222 3333", {}),
        ("eu-west-1", {"regions": ("eu-west-1",)}),
        ("EU-West-1", {"regions": ("eu-west-1",)}),
        ("ireland", {"regions": ("eu-west-1",)}),
        ("N. Virginia", {"regions": ("us-east-1",)}),
        ("sao  paulo", {"regions": ("sa-east-1",)}),
        ("card-vault", {}),
        ("12", {}),
        ("CR-0", {}),
        ("xx-nowhere-1", {}),
        ("arn:aws:s3:::bucket", {}),
    ],
)
def test_each_thing_that_is_pasted_is_known_for_what_it_is(text, term):
    assert read_term(f" {text} ") == Term(text, **term)


def test_an_id_is_known_as_pages_shorten_it():
    term = read_term(shorten(CARD_VAULT, head=8, tail=4))
    assert CARD_VAULT.startswith(term.starts)
    assert CARD_VAULT.endswith(term.ends)
    assert term.names_a_key


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("two words", ["two", "words"]),
        ("n. virginia", ["n. virginia"]),
        ("1111 2222 3333 vault", ["1111-2222-3333", "vault"]),
        ("11111 2222 3333", ["11111", "2222", "3333"]),
    ],
)
def test_a_filter_is_read_word_by_word_but_for_names_of_several_words(text, terms):
    assert [term.text for term in read_terms(text)] == terms


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_each_is_one_thing_at_most(text):
    term = read_term(text)
    kinds = [
        term.change, term.batch, term.access, term.review,
        term.key_id or term.alias or term.account_id, term.starts, term.regions,
    ]  # fmt: skip
    assert sum(map(bool, kinds)) <= 1
    assert "".join(each.text for each in read_terms(text)) or not text.strip()
