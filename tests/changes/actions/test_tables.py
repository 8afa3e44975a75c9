"""One verb everywhere: each action is a path, a URL's name, a view, a verb at the terminal and an event."""

from __future__ import annotations

from argparse import ArgumentParser, _SubParsersAction
from dataclasses import MISSING, fields
from typing import Any

import pytest
from django.core.management import load_command_class
from django.urls import resolve, reverse

from keyconsole.audit.models import Entry
from keyconsole.changes.actions.action import Action, Actor
from keyconsole.changes.actions.batch_actions import BATCH_ACTIONS
from keyconsole.changes.actions.change_actions import CHANGE_ACTIONS
from keyconsole.refusals import Refused
from keyconsole.urls import urlpatterns
from tests.cast import NOW, Cast, Inventory
from tests.changes.actions.ready import ACTIONS, ready

REFS = {"change": "CR-1", "batch": "BR-1"}
ONLY_READS = {"list", "show"}
each_action = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
each_table = pytest.mark.parametrize(
    ("noun", "table"), [("change", CHANGE_ACTIONS), ("batch", BATCH_ACTIONS)], ids=["change", "batch"]
)


def verbs_at_the_terminal(noun: str) -> dict[str, ArgumentParser]:
    parser = load_command_class("keyconsole.changes", noun).create_parser("manage.py", noun)
    [verbs] = [each for each in parser._actions if isinstance(each, _SubParsersAction)]
    return {name: parser for name, parser in verbs.choices.items() if name not in ONLY_READS}


@each_table
def test_pages_and_terminal_have_the_verbs_of_the_table_and_no_others(
    noun: str, table: dict[str, Action[Any, Any]]
) -> None:
    assert {action.noun for action in table.values()} == {noun}
    assert set(verbs_at_the_terminal(noun)) == set(table)
    names = [str(pattern.name) for pattern in urlpatterns]
    assert {name.removeprefix(f"{noun}-") for name in names if name.startswith(f"{noun}-")} == set(table)


@each_action
def test_the_path_ends_with_the_verb_and_leads_to_a_view_of_that_name(action: Action[Any, Any]) -> None:
    path = reverse(action.name, args=[REFS[action.noun]])
    assert path.endswith(f"/{REFS[action.noun]}/{action.verb}/")
    assert resolve(path).func.__name__ == action.verb


@each_action
def test_each_input_is_an_option_at_the_terminal_and_is_asked_for_where_it_has_no_default(
    action: Action[Any, Any],
) -> None:
    parser = verbs_at_the_terminal(action.noun)[action.verb]
    options = {each.dest: each for each in parser._actions if each.option_strings}
    needed = {each.dest for each in parser._actions if each.required}
    for group in parser._mutually_exclusive_groups:
        needed |= {each.dest for each in group._group_actions if group.required}
    asked = fields(action.inputs)
    assert {each.name for each in asked} <= set(options)
    assert {each.name for each in asked if each.default is MISSING} == needed - {"ref"}
    assert set(options) == {each.name for each in asked} | {"help", "username", "password_file"} | (
        {"as_json"} & set(options)
    )


@each_action
def test_what_is_done_leaves_its_event_with_who_and_from_where(
    action: Action[Any, Any], cast: Cast, inventory: Inventory
) -> None:
    at = ready(action.name, cast, inventory)
    assert not Entry.objects.filter(event=action.event, actor=at.by.username).exists()
    assert action.may(at.by, at.subject, NOW).allowed
    action.do(at.subject, at.given, Actor(by=at.by, now=NOW, via="test"))
    entries = Entry.objects.filter(event=action.event, actor=at.by.username)
    assert {entry.data["via"] for entry in entries} == {"test"}


@each_action
def test_who_may_not_is_refused_for_the_reasons_that_the_button_shows(
    action: Action[Any, Any], cast: Cast, inventory: Inventory
) -> None:
    at = ready(action.name, cast, inventory)
    before = Entry.objects.count()
    verdict = action.may(cast.dan, at.subject, NOW)
    assert not verdict.allowed
    with pytest.raises(Refused) as refused:
        action.do(at.subject, at.given, Actor(by=cast.dan, now=NOW, via="test"))
    assert refused.value.reasons == verdict.reasons
    assert all(reason.code for reason in refused.value.reasons)
    assert Entry.objects.count() == before


@each_action
def test_its_words_name_what_it_is_about(action: Action[Any, Any]) -> None:
    words = action.words.about("CR-7")
    assert "CR-7" in words.title
    assert "CR-7" in words.done
    assert "{" not in words.title + words.explains + words.button + words.done
