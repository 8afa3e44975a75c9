"""The project's own files as the rules see them: what git knows or would know, never what it ignores."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Relative paths of every file that is there and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(sorted(path for path in map(Path, listed.stdout.splitlines()) if (ROOT / path).is_file()))


def under(*folders: str, suffix: str = ".py") -> list[Path]:
    """Files in the folders; migrations are written by Django and not ours to judge."""
    return [
        path
        for path in files()
        if path.suffix == suffix and path.parts[0] in folders and "migrations" not in path.parts
    ]


def read(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(read(path))


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    length: int


def functions(module: ast.Module) -> Iterator[Function]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)


def imported_modules(module: ast.Module) -> set[str]:
    """The first part of each absolute import's name, wherever in the file it stands."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
