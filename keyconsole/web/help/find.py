"""What the help says about some words: headings first, each with the words around the first one found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from keyconsole.web.help.chapters import Chapter
from keyconsole.web.help.sections import Section, sections

SHOWN = 12
_AROUND = 90


@dataclass(frozen=True, slots=True)
class Found:
    """`excerpt` alternates: (words, whether they were looked for)."""

    section: Section
    excerpt: Sequence[tuple[str, bool]]

    @property
    def chapter(self) -> Chapter:
        return self.section.chapter


def find(text: str) -> list[Found]:
    """The sections that hold every word, best first."""
    words = text.casefold().split()
    scored = [(_score(section, words), section) for section in sections()] if words else []
    # Sorting keeps the order of the chapters among equals.
    best = sorted((each for each in scored if each[0]), key=lambda each: -each[0])[:SHOWN]
    return [Found(section, _excerpt(section.text, words)) for _, section in best]


def _score(section: Section, words: Sequence[str]) -> int:
    """0 where a word is missing. A heading counts more than any number of mentions."""
    title, heading = section.chapter.title.casefold(), section.heading.casefold()
    text = f"{section.chapter.about if not section.heading else ''} {section.text}".casefold()
    if not all(word in heading or word in text or (word in title and not heading) for word in words):
        return 0
    in_heading = sum(word in (heading or title) for word in words)
    return in_heading * 10_000 + min(sum(text.count(word) for word in words), 9_000) + 1


def _excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    folded = text.casefold()
    at = min((found for word in words if (found := folded.find(word)) >= 0), default=0)
    begin, end = max(at - _AROUND, 0), min(at + 2 * _AROUND, len(text))
    begin = text.find(" ", begin) + 1 if begin else 0
    end = text.rfind(" ", 0, end) if end < len(text) else end
    shown = f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
    pieces = re.split(f"({'|'.join(map(re.escape, words))})", shown, flags=re.IGNORECASE)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
