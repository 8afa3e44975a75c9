"""Names that mean something, and the first line that every module has."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.sources import read, tree, under

CODE = ("keyconsole", "tools", "benchmarks", "tests")
MEANINGLESS = {
    "services",
    "selectors",
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "base",
    "core",
}


def meaningless(paths: list[Path]) -> list[Path]:
    return [path for path in paths if MEANINGLESS & {path.stem, *path.parts[:-1]}]


def postpones_annotations(module: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in module.body)


def test_no_module_has_a_name_that_collects_everything():
    assert meaningless(under(*CODE)) == []
    assert meaningless(
        [Path("keyconsole/web/utils.py"), Path("keyconsole/common/x.py"), Path("a/keys.py")]
    ) == [
        Path("keyconsole/web/utils.py"),
        Path("keyconsole/common/x.py"),
    ]


def test_every_module_postpones_its_annotations():
    without = [path for path in under(*CODE) if read(path).strip() and not postpones_annotations(tree(path))]
    assert without == []
    assert not postpones_annotations(ast.parse("import os"))


def test_every_module_says_what_it_owns():
    silent = [
        path
        for path in under("keyconsole", "tools", "benchmarks")
        if read(path).strip() and path.name != "apps.py" and ast.get_docstring(tree(path)) is None
    ]
    assert silent == []


def test_nothing_is_left_to_do_in_a_comment():
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    found = [path for path in under(*CODE) for word in words if word in read(path)]
    assert found == []
