"""The guide cannot lie: every event, permission, command, option, check, state and refusal stands in it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keyconsole.audit.events import Event
from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.aws_accounts.roles import ALLOWS, Permission, Role
from keyconsole.changes.kinds.update_primary_region import aws_refusals
from keyconsole.changes.kinds.update_primary_region.preflight import preflight
from keyconsole.changes.states import State
from keyconsole.inventory.models import Outcome, Sight
from keyconsole.refusal_codes import Code
from keyconsole.web.help.chapters import CHAPTERS, PERMISSIONS, tables
from keyconsole.web.help.threats import THREATS, Threat, as_markdown
from tests.architecture.sources import read
from tests.cast import Inventory

SLUGS = [chapter.slug for chapter in CHAPTERS]
COMMANDS = sorted(name for name, app in get_commands().items() if app.startswith("keyconsole."))


def chapter(slug: str) -> str:
    """The text of a chapter as a reader sees it, with the values behind its tags."""
    page = render_to_string(f"help/{slug}.html", {"chapters": CHAPTERS, **tables()})
    return unescape(page)


@pytest.mark.parametrize("event", list(Event), ids=str)
def test_every_event_is_told(event: Event) -> None:
    content = chapter("events")
    assert f"<code>{event.value}</code>" in content
    assert event.describes in content


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_told_with_the_roles_that_have_it(permission: Permission) -> None:
    assert PERMISSIONS[permission] in chapter("roles")
    [(_, _, ticks)] = [row for row in tables()["permissions"] if row[0] == permission.value]
    assert dict(ticks) == {role: permission in ALLOWS[role] for role in Role}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_is_told(name: str) -> None:
    content = "".join(chapter(slug) for slug in SLUGS)
    assert f"manage.py {name}" in content
    own = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    base = {"--help", "--version", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color"}
    base |= {"--verbosity", "--skip-checks"}
    options = {flag for action in own._actions for flag in action.option_strings if flag.startswith("--")}
    told = set(re.findall(r"--[a-z-]+", content))
    assert options - base <= told


def test_the_commands_of_the_product_are_found() -> None:
    assert {"add_account", "scan", "update_primary_region", "worker"} <= set(COMMANDS)


@pytest.mark.parametrize("state", list(State))
def test_every_state_of_a_change_is_told(state: State) -> None:
    assert f'data-value="{state.value}"' in chapter("settling")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_answer_of_a_region_is_told(outcome: Outcome) -> None:
    assert f'data-value="{outcome.value}"' in chapter("scans")


@pytest.mark.parametrize("sight", list(Sight))
def test_every_sight_is_told(sight: Sight) -> None:
    assert f'data-value="{sight.value}"' in chapter("keys")


@pytest.mark.parametrize("words", [row[0] for row in aws_refusals._BY_MESSAGE])
def test_every_refusal_that_is_explained_is_told(words: str) -> None:
    assert words.rstrip(".") in chapter("refusals")


@pytest.mark.parametrize("code", list(aws_refusals._BY_CODE))
def test_every_code_that_is_explained_is_told(code: str) -> None:
    assert f"<code>{code}</code>" in chapter("refusals")


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_every_code_of_our_own_refusals_is_told(code: Code) -> None:
    content = chapter("refusals")
    assert f"<code>{code.value}</code>" in content
    assert code.describes in content


def test_every_check_of_the_preflight_is_told(inventory: Inventory) -> None:
    found = preflight(inventory.card_vault, to_region="eu-west-1", now=timezone.now())
    content = chapter("making-a-primary")
    assert {check.name for check in found.checks if f"<td>{check.name}</td>" not in content} == set()


def test_every_way_in_is_told() -> None:
    content = chapter("accounts")
    for value, _ in AwsAccount._meta.get_field("source").choices or ():
        assert f"<code>{value}</code>" in content


@pytest.mark.parametrize("slug", SLUGS)
def test_each_chapter_opens_for_everybody_who_is_signed_in(client_as: Any, slug: str) -> None:
    assert client_as("dan").get(f"/help/{slug}/").status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_links_between_pages_lead_somewhere(client_as: Any, slug: str) -> None:
    client = client_as("ada")
    content = client.get(f"/help/{slug}/").content.decode()
    for path in set(re.findall(r'href="(/[^"#?]*)"', content.partition("<main")[2])):
        assert client.get(path).status_code == 200, path


def test_the_contents_list_every_chapter(client_as: Any) -> None:
    content = client_as("dan").get("/help/").content.decode()
    for slug in SLUGS:
        assert f'href="/help/{slug}/"' in content


def test_the_patterns_show(client_as: Any) -> None:
    assert client_as("dan").get("/help/patterns/").status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "_chapter", "contents", "x" * 300])
def test_other_chapters_are_not_there(client_as: Any, slug: str) -> None:
    assert client_as("dan").get(f"/help/{slug}/").status_code == 404


@pytest.mark.parametrize("path", ["/help/", "/help/keys/", "/help/patterns/"])
def test_it_takes_no_posts_and_sends_signed_out_people_to_sign_in(
    client_as: Any, anonymous: Client, path: str
) -> None:
    assert client_as("dan").post(path).status_code == 405
    assert anonymous.get(path).headers["Location"].startswith("/sign-in/")


def test_a_chapter_costs_no_more_than_the_frame(
    client_as: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_as("ana")
    client.get("/help/")
    with django_assert_num_queries(8):
        client.get("/help/events/")


def test_security_md_holds_the_threat_model_as_the_help_does() -> None:
    assert as_markdown() in read("SECURITY.md")


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.who)
def test_what_each_can_still_do_is_told_with_what_finds_it(threat: Threat) -> None:
    content = chapter("threat-model")
    for sentence in (threat.who, threat.can, threat.prevents, threat.finds):
        assert sentence in content
    for event in re.findall(r"\b[a-z]+\.[a-z_]+\b", f"{threat.can} {threat.prevents} {threat.finds}"):
        assert event in set(Event), event


def test_the_threat_model_is_read_in_five_minutes() -> None:
    article = chapter("threat-model").partition("<article")[2].partition("</article")[0]
    assert len(re.sub("<[^>]+>", " ", article).split()) < 1200
