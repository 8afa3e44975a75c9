"""CONTRIBUTING and the decisions lead somewhere: what they name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, files, read

RECIPES = (
    "A notification channel",
    "A policy field",
    "A column in the keys table",
    "Something further that gives power",
    "A warning before a move",
    "A further kind of change",
    "An HTTP endpoint",
)
TOP = {path.parts[0] for path in files()}
PAGES = [
    Path("CONTRIBUTING.md"),
    *(path for path in files() if path.parts[:2] == ("docs", "decisions")),
]


def named_paths(text: str) -> list[str]:
    """What stands in code quotes and begins with something at the top of the project."""
    quoted = re.findall(r"`([\w.<>-]+(?:/[\w.<>-]*)*)`", text)
    commanded = re.findall(r"\bTEST=([\w./-]+)", text)
    return [name for name in (*quoted, *commanded) if name.split("/")[0] in TOP]


def is_there(name: str) -> bool:
    """Of `folder/<name>.py`, which the reader is to write, the folder."""
    before, is_to_be_written, _ = name.partition("<")
    return (ROOT / (before.rpartition("/")[0] if is_to_be_written else name)).exists()


def recipes() -> dict[str, str]:
    parts = re.split(r"^### (.+)$", read("CONTRIBUTING.md"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_path_that_is_named_is_there(page):
    assert [name for name in named_paths(read(page)) if not is_there(name)] == []


def test_the_rule_sees_paths():
    text = "`keyconsole/nowhere.py`, `keyconsole/<room>/x.py`, `nowhere/x.py`, make one TEST=tests/gone.py"
    named = named_paths(text)
    assert named == ["keyconsole/nowhere.py", "keyconsole/<room>/x.py", "tests/gone.py"]
    assert [is_there(name) for name in named] == [False, True, False]
    assert not is_there("keyconsole/nowhere/<x>.py")


def test_every_recipe_is_there_and_names_files_and_a_test():
    assert tuple(recipes()) == RECIPES
    for title, text in recipes().items():
        named = named_paths(text)
        assert len(named) >= 3, title
        assert any(name.startswith("tests/") for name in named), title


def test_every_decision_is_listed_and_every_line_leads_to_one():
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", read("docs/decisions/README.md")))
    assert listed == {path.name for path in PAGES if path.name != "README.md"} - {"CONTRIBUTING.md"}
    linked = {(page, name) for page in PAGES for name in re.findall(r"\]\(([\w-]+\.md)\)", read(page))}
    assert [name for page, name in sorted(linked) if not (ROOT / page).with_name(name).exists()] == []
