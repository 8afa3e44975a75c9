"""The table of mutations keeps up with the code: each still changes what it says, and its tests are there."""

from __future__ import annotations

import re

import pytest

from tests.mutations.mutation import Mutation
from tests.mutations.table import MUTATIONS
from tools.children import ROOT
from tools.mutations import not_found

each = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.broken)


@each
def test_its_line_is_found_once_and_can_be_changed(mutation: Mutation):
    """Where this fails the code was rewritten: move the mutation along, and run `make mutations`."""
    assert not_found([mutation], ROOT) == []
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    changed = text.replace(mutation.old, mutation.new)
    assert changed != text
    compile(changed, mutation.file, "exec")


@each
def test_the_tests_that_must_notice_are_there(mutation: Mutation):
    assert mutation.tests
    for test in mutation.tests:
        file, _, name = test.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not name or re.search(rf"^def {name}\(", text, re.MULTILINE)


def test_no_promise_stands_there_twice():
    assert len({mutation.broken for mutation in MUTATIONS}) == len(MUTATIONS)
