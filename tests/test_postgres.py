"""Which tests of pages run again on PostgreSQL: the rule stands in tests/postgres.py."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MARK = "pytest.mark.every_database"
# What asks a database for more than rows by their columns, or depends on what it does with a transaction.
OWN_STATEMENT = re.compile(
    r"\b(?:annotate|aggregate|alias|distinct|Exists|Subquery|Cast)\(|__icontains|\batomic\("
)


def statements() -> list[Path]:
    """Each module of pages that has a statement of its own, by its path below the pages."""
    pages = ROOT / "keyconsole/web"
    found = [path for path in pages.rglob("*.py") if "migrations" not in path.parts]
    return [path.relative_to(pages) for path in found if OWN_STATEMENT.search(path.read_text("utf-8"))]


@pytest.mark.parametrize("name", ["test_urls", "test_every_form", "test_action_forms"])
def test_what_excuses_the_other_tests_of_pages_runs_on_both(name: str) -> None:
    """Every address opened, every form sent, every action done."""
    text = (ROOT / f"tests/web/{name}.py").read_text("utf-8")
    assert re.search(rf"^pytestmark = .*{re.escape(MARK)}", text, re.MULTILINE)


@pytest.mark.parametrize("module", statements(), ids=str)
def test_a_page_with_a_statement_of_its_own_is_tried_on_both(module: Path) -> None:
    noun = module.parent
    files = (ROOT / "tests/web" / noun).glob("test_*.py" if noun.name else f"test_{module.stem}.py")
    assert any(MARK in path.read_text("utf-8") for path in files), (
        f"mark the tests that read what keyconsole/web/{module} asks for: {MARK}"
    )
