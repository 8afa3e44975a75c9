"""The help cut at its headings, each piece with the anchor under which the page holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from django.template.loader import render_to_string

from keyconsole.web.help.chapters import CHAPTERS, Chapter, tables

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
# Words in these do not run into those of the next.
_APART = {"td", "th", "li", "p", "dt", "dd", "pre", "div", "tr"}
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` and `heading` are empty for what stands before a chapter's first heading."""

    chapter: Chapter
    anchor: str
    heading: str
    text: str


def anchor_of(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.casefold()).strip("-")


def anchored(content: str) -> str:
    """Each heading of a chapter with its anchor, so that one can link to it."""
    return _HEADING.sub(
        lambda found: f'<h2 id="{anchor_of(_TAG.sub("", found[1]))}">{found[1]}</h2>', content
    )


@cache
def sections() -> tuple[Section, ...]:
    """Read once: chapters change with the version and its settings, never while it runs."""
    return tuple(
        Section(chapter, anchor_of(heading), heading, text)
        for chapter in CHAPTERS
        for heading, text in _Pieces(
            render_to_string(f"help/{chapter.slug}.html", {"chapter": chapter, **tables()})
        ).found
    )


class _Pieces(HTMLParser):
    """The words of a page's article, by the heading above them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._heading: list[str] = []
        self._words: list[str] = []
        self._in_article = self._in_heading = False
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._in_article = True
        if tag == "h2" and self._in_article:
            self._close()
            self._in_heading = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _APART and not self._in_heading:
            self._words.append(" ")
        if tag == "h2":
            self._in_heading = False
        if tag == "article":
            self._close()
            self._in_article = False

    def handle_data(self, data: str) -> None:
        if self._in_article:
            (self._heading if self._in_heading else self._words).append(data)

    def _close(self) -> None:
        heading, text = (" ".join("".join(each).split()) for each in (self._heading, self._words))
        if heading or text:
            self.found.append((heading, text))
        self._heading, self._words = [], []
