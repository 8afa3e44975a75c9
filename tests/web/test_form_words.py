"""What forms say: no sentence of a library, one that says what to do, and it stands where the answer is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms

from keyconsole import urls
from tests.conftest import client_of
from tests.web.hidden_world import make_world, own_addresses
from tests.web.test_every_form import forms_on

assert urls.urlpatterns  # importing the addresses imports every form
OTHERS = re.compile(
    r"This field is required|Select a valid choice|Enter a (valid|whole|list)|Enter a number"
    r"|Ensure (this|that)|is not one of the available choices|Null characters"
)
BAD = {"": "nothing", "\x00": "nul", "x" * 3000: "long", "no-such-choice": "other"}


def subclasses(of: type[Any]) -> Iterator[type[Any]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def fields() -> dict[str, forms.Field]:
    rooms = ("keyconsole.", "allauth.account.", "allauth.mfa.")
    return {
        f"{form.__module__}.{form.__name__}.{name}": field
        for form in subclasses(forms.BaseForm)
        if form.__module__.startswith(rooms)
        for name, field in getattr(form, "base_fields", {}).items()
    }


def test_no_field_says_a_sentence_of_django() -> None:
    found = fields()
    said = {
        (name, str(sentence))
        for name, field in found.items()
        for sentence in (
            *field.error_messages.values(),
            *(getattr(validator, "message", "") for validator in field.validators),
        )
    }
    assert {each for each in said if OTHERS.search(each[1])} == set()
    assert len(found) > 60


@pytest.mark.django_db
@pytest.mark.parametrize("bad", BAD, ids=BAD.get)
def test_no_page_shows_one_whatever_is_sent(db: None, bad: str) -> None:
    world = make_world()
    client, seen = client_of(world.ada), set()
    for page in own_addresses(world):
        for form in forms_on(client, page):
            kind = (form.action, *sorted(form.values))
            if kind in seen:
                continue
            seen.add(kind)
            content = client.post(form.action, form.filled_with(bad), follow=True).content.decode()
            assert not OTHERS.search(content), (form.action, OTHERS.search(content))
    assert len(seen) > 10
