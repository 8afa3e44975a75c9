"""Small or split: a file that does not fit has two meanings."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import files, functions, read, tree, under

CODE = ("keyconsole", "tools", "benchmarks", "tests")


def too_long(paths: list[Path], limit: int) -> list[str]:
    lengths = ((path, len(read(path).splitlines())) for path in paths)
    return [f"{path}: {length} lines, at most {limit}" for path, length in lengths if length > limit]


def long_functions(module: ast.Module, limit: int) -> list[str]:
    return [
        f"{each.name} (line {each.line}): {each.length} lines, at most {limit}"
        for each in functions(module)
        if each.length > limit
    ]


def test_no_module_and_no_test_file_is_longer_than_400_lines():
    assert too_long(under(*CODE), 400) == []


def test_no_function_is_longer_than_40_lines():
    found = [f"{path}: {each}" for path in under(*CODE) for each in long_functions(tree(path), 40)]
    assert found == []


def test_no_view_is_longer_than_25_lines():
    views = [path for path in under("keyconsole") if path.parts[1] == "web" and path.stem.endswith("views")]
    views.append(Path("keyconsole/web/health.py"))
    assert len(views) > 15, "the views have moved; tell this rule where to"
    assert [f"{path}: {each}" for path in views for each in long_functions(tree(path), 25)] == []


def test_no_template_is_longer_than_200_lines():
    assert too_long(under("templates", suffix=".html"), 200) == []


def test_the_style_sheet_and_the_script_stay_small():
    assert too_long(under("static", suffix=".css"), 1000) == []
    assert too_long(under("static", suffix=".js"), 90) == []


def test_the_rules_see_the_project():
    assert Path("keyconsole/settings.py") in files()
    assert Path("keyconsole/settings.py") in under("keyconsole")
    assert too_long([Path("keyconsole/settings.py")], 10)
    assert long_functions(ast.parse("def long():\n" + "    pass\n" * 40), 40) == [
        "long (line 1): 41 lines, at most 40"
    ]
