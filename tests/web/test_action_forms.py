"""A page's form asks for exactly what the action needs; sent, it is done once and says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from keyconsole.changes.actions.batch_actions import BATCH_ACTIONS
from keyconsole.changes.actions.change_actions import CHANGE_ACTIONS
from keyconsole.web.action_forms import SENT_TWICE, ActionForm
from keyconsole.web.batches import actions as of_batches
from keyconsole.web.changes import actions as of_changes
from keyconsole.web.changes.forms import RIGHT, WRONG
from tests.cast import NOW, Cast, Inventory
from tests.changes.actions.ready import Ready, ready

SHOWN: dict[str, ActionForm[Any]] = {
    **{shown.url_name: shown for shown in of_changes.ACTION_FORMS.values()},
    **{shown.url_name: shown for shown in of_batches.ACTION_FORMS.values()},
}
pytestmark = pytest.mark.every_database
each_form = pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)


@pytest.fixture(autouse=True)
def _on_the_day_of_the_cast() -> Iterator[None]:
    """A request of that day would have expired on the next."""
    with time_machine.travel(NOW, tick=True):
        yield


def typed(at: Ready) -> dict[str, str]:
    values = {each.name: getattr(at.given, each.name) for each in fields(at.given)}
    if "was_right" in values:
        values["was_right"] = RIGHT if values["was_right"] else WRONG
    return {name: "" if value is None else str(value) for name, value in values.items()}


def test_every_action_has_its_form() -> None:
    assert set(of_changes.ACTION_FORMS) == set(CHANGE_ACTIONS)
    assert set(of_batches.ACTION_FORMS) == set(BATCH_ACTIONS)


@each_form
def test_the_form_asks_for_the_inputs_and_needs_those_without_a_default(shown: ActionForm[Any]) -> None:
    asked, form = fields(shown.action.inputs), shown.form()
    assert set(form.fields) == {each.name for each in asked}
    assert {name for name, field in form.fields.items() if field.required} == {
        each.name for each in asked if each.default is MISSING
    }


@each_form
def test_sent_it_is_done_and_sent_twice_it_counts_once(
    shown: ActionForm[Any], cast: Cast, inventory: Inventory, client_as: Any
) -> None:
    at = ready(shown.url_name, cast, inventory)
    client: Client = client_as(at.by.username)
    address = reverse(shown.url_name, args=[at.subject.ref])
    done = shown.words_for(at.subject).done
    first = client.post(address, typed(at), follow=True)
    assert first.redirect_chain == [(at.subject.get_absolute_url(), 302)]
    assert [str(message) for message in first.context["messages"]] == [done]
    again = client.post(address, typed(at), follow=True)
    if shown.verb == "withdraw":  # it can be given again, and so is no second click
        assert "You have no approval of CR-1 to take back." in again.content.decode()
        return
    assert again.redirect_chain == [(at.subject.get_absolute_url(), 302)]
    assert [str(message) for message in again.context["messages"]] == [f"{done} {SENT_TWICE}"]


# Whoever may open the page of a change may comment.
@pytest.mark.parametrize("name", sorted(set(SHOWN) - {"change-comment"}))
def test_a_refusal_stands_above_the_form_with_its_codes(
    name: str, cast: Cast, inventory: Inventory, as_cleo: Client
) -> None:
    shown = SHOWN[name]
    at = ready(shown.url_name, cast, inventory)
    response = as_cleo.post(reverse(shown.url_name, args=[at.subject.ref]), typed(at))
    reasons = shown.action.may(cast.cleo, at.subject, at.subject.requested_at).reasons
    errors = response.context["form"].non_field_errors().as_data()
    assert [error.code for error in errors] == [reason.code for reason in reasons]
    assert [error.message for error in errors] == list(reasons)
