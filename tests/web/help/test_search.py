"""Searching the help: headings first, each place with its anchor and the words around what was found."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from keyconsole.aws_accounts.roles import Role
from keyconsole.web.help.chapters import CHAPTERS, chapter_called, chapter_for_role
from keyconsole.web.help.find import find
from keyconsole.web.help.sections import anchored, sections

pytestmark = pytest.mark.django_db


def test_a_heading_comes_before_every_mention() -> None:
    found = find("restore")
    headings = ["restore" in f"{each.section.heading or each.chapter.title}".casefold() for each in found]
    assert headings[0]
    assert headings == sorted(headings, reverse=True)


def test_every_place_has_its_anchor_on_its_page(client_as: Any) -> None:
    pages = {
        chapter.slug: client_as("ana").get(f"/help/{chapter.slug}/").content.decode() for chapter in CHAPTERS
    }
    for section in sections():
        if section.heading:
            assert pages[section.chapter.slug].count(f'<h2 id="{section.anchor}">') == 1, section
    assert len(sections()) > 60


def test_every_word_has_to_stand_in_the_place() -> None:
    assert find("UpdatePrimaryRegion batch waves")
    assert find("UpdatePrimaryRegion giraffe") == []
    assert find("") == []


def test_cells_of_a_table_do_not_run_into_each_other() -> None:
    roles = " ".join(section.text for section in sections() if section.chapter.slug == "roles")
    assert "yes no" in roles
    assert "yesno" not in roles


def test_what_was_looked_for_is_marked_and_everything_is_escaped(client_as: Any) -> None:
    content = client_as("ana").get("/help/?q=webhook").content.decode()
    assert re.search(r"<mark>webhooks?</mark>", content, re.IGNORECASE)
    assert '/help/notifications/#webhooks">' in content
    hostile = client_as("ana").get("/help/?q=<script>x").content.decode()
    assert "<script>x" not in hostile
    assert "The help says nothing about that" in hostile


@pytest.mark.parametrize("text", ["x" * 201, "a\x00b"])
def test_what_nobody_means_is_told_in_a_sentence(client_as: Any, text: str) -> None:
    response = client_as("ana").get("/help/", {"q": text})
    assert response.status_code == 200
    assert 'id="help-q-error"' in response.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_leads_to_a_chapter_from_ones_own_page(client_as: Any, as_ada: Client, role: Role) -> None:
    assert chapter_called(chapter_for_role(role.value)) is not None
    assert f'<a href="/help/{chapter_for_role("administrator")}/">administrator</a>' in (
        as_ada.get("/me/").content.decode()
    )


def test_the_chapters_for_roles_are_short_and_begin_with_a_task() -> None:
    for chapter in (each for each in CHAPTERS if each.for_role):
        own = [section for section in sections() if section.chapter == chapter]
        assert own[0].heading, chapter.slug
        assert sum(len(section.text.split()) for section in own) < 330, chapter.slug


def test_a_heading_gets_the_anchor_of_its_words_without_its_tags() -> None:
    assert anchored("<h2>Who <em>may</em> what?</h2>") == '<h2 id="who-may-what">Who <em>may</em> what?</h2>'
