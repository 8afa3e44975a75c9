"""Sentences about the world that are easily untrue are written down once more here, each with why it is true.

*Told* only where it was sent; *now* only with its look; what has closed in the past. Whoever writes one of
these phrases on a page, in a message or at the terminal says here from what it follows, or finds another one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import read, under

RISKY = re.compile(
    r"\b(?:been|was|were|is|are|be) told\b|\bhears? of it\b|\barrive[ds]?\b|\b(?:is|are) being\b"
    r"|\bon (?:its|their) way\b|\b(?:State|primary|holds|runs|moving) now\b|\bright now\b",
    re.IGNORECASE,
)
HELP = "it tells how KeyConsole works, not what has happened"
COUNTED_NOW = "it is read from the database when the page is asked for"
# By file and phrase: why the sentence is true, also with no channel, a week later and after a crash.
REVIEWED = {
    ("keyconsole/notifications/management/commands/notification_route.py", "is told"): HELP,
    ("keyconsole/web/help/chapters.py", "is told"): HELP,
    ("keyconsole/web/notifications/views.py", "arrives"): "it says how to find out whether it does",
    ("keyconsole/web/policies/forms.py", "primary now"): "the name of a field of a policy",
    ("templates/help/accounts.html", "is told"): HELP,
    ("templates/help/approvals.html", "is told"): HELP,
    ("templates/help/command-line.html", "are told"): HELP,
    ("templates/help/notifications.html", "is told"): HELP,
    ("templates/help/notifications.html", "arrive"): HELP,
    ("templates/help/policies.html", "primary now"): HELP,
    ("templates/help/refusals.html", "are told"): HELP,
    ("templates/help/scans.html", "is being"): HELP,
    ("templates/help/settling.html", "is told"): HELP,
    ("templates/make_primary/_refusal.html", "primary now"): COUNTED_NOW,
    (
        "templates/notifications/index.html",
        "is told",
    ): "the head of the page of what was sent and what not",
    ("templates/policies/_impact.html", "holds now"): COUNTED_NOW,
    ("templates/policies/_proposal.html", "holds now"): COUNTED_NOW,
    ("templates/policies/preview.html", "holds now"): COUNTED_NOW,
}


def phrases(text: str) -> list[str]:
    return [" ".join(found.group().lower().split()) for found in RISKY.finditer(text)]


def said_by_templates() -> Iterator[tuple[str, str]]:
    for path in [*under("templates", suffix=".html"), *under("templates", suffix=".txt")]:
        yield str(path), read(path)


def said_by_code() -> Iterator[tuple[str, str]]:
    """Not by the sandbox and the demo: those tell a story of their own."""
    for path in under("keyconsole"):
        if path.parts[1] not in {"sandbox", "demo"}:
            yield from ((str(path), text) for text in texts(read(path)))


def texts(source: str) -> Iterator[str]:
    """Every text of a module but its docstrings, which programmers alone read."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def found() -> set[tuple[str, str]]:
    said = [*said_by_templates(), *said_by_code()]
    return {(file, phrase) for file, text in said for phrase in phrases(text)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Those who may give it have been told.",
        "Everybody who was skipped has been told",
        "Those who have to agree are told.",
        "Every message arrived",
        "State now",
        "Its connection is being tested.",
        "everybody who was skipped hears of it",
    ],
)
def test_what_was_said_once_and_was_not_true_is_found(sentence: str) -> None:
    assert phrases(sentence)


def test_docstrings_are_not_read_and_sentences_are() -> None:
    source = '"""Who is told."""\ndef f(ref):\n    """Is told."""\n    return f"{ref} was told"\n'
    assert [phrases(text) for text in texts(source)] == [["was told"]]


def test_each_sentence_that_is_easily_untrue_has_its_reason() -> None:
    assert sorted(found() - REVIEWED.keys()) == []


def test_the_list_holds_no_sentence_that_is_gone() -> None:
    assert sorted(REVIEWED.keys() - found()) == []
