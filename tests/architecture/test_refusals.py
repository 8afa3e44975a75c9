"""No no without its code, and no code that nothing says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from keyconsole.refusal_codes import Code
from tests.architecture.sources import tree, under

LIST = Path("keyconsole/refusal_codes.py")
SAY_NO = {"Refused", "Verdict", "Gate"}


def sentences_without_code(module: ast.Module) -> list[int]:
    """Lines that say no with a text of their own, outside of a `Reason`; mypy sees the others."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and called(node) in SAY_NO
        for value in [*node.args, *(each.value for each in node.keywords)]
        if any(is_text(part) for part in outside_reasons(value))
    ]


def knows_refusals(module: ast.Module) -> bool:
    """A report of a scan is called Refused too, and is not ours to judge."""
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "keyconsole.refusals" for node in ast.walk(module)
    )


def outside_reasons(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and called(node) == "Reason":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from outside_reasons(child)


def is_text(node: ast.AST) -> bool:
    made = isinstance(node, ast.Call) and called(node) in {"str", "join", "format"}
    return (
        made
        or isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and type(node.value) is str)
    )


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def codes_used(module: ast.Module) -> set[str]:
    return {
        node.attr
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code"
    }


def test_every_no_has_its_code():
    saying_no = [path for path in under("keyconsole") if knows_refusals(tree(path))]
    assert len(saying_no) > 30, "refusals have moved; tell this rule where to"
    assert [(str(path), line) for path in saying_no for line in sentences_without_code(tree(path))] == []


def test_every_way_of_saying_no_without_a_code_is_seen():
    ways = """
raise Refused("No.")
raise Refused(f"{ref} is closed.") from None
raise refusals.Refused(str(error))
raise Refused(Reason(Code.STALE, "No."), " ".join(others))
return Verdict(("No.",))
return Verdict(reasons=(*more, "No."))
return Gate(WAIT, ("No.",))
"""
    assert sentences_without_code(ast.parse(ways)) == [2, 3, 4, 5, 6, 7, 8]
    fine = "raise Refused(Reason(Code.STALE, f'{ref} differs.'), *reasons)\nVerdict(() if it else (NO,))"
    assert sentences_without_code(ast.parse(fine)) == []


def test_every_code_is_said_somewhere():
    used = {name for path in under("keyconsole") if path != LIST for name in codes_used(tree(path))}
    assert {code.name for code in Code} - used == set()


def test_every_code_is_one_word_for_one_thing():
    assert len(Code.__members__) == len(Code), "two codes have one value"
    assert len({code.describes for code in Code}) == len(Code)
    for code in Code:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code.value), code
        assert code.name == code.value.upper().replace("-", "_")
        assert code.describes.endswith(".")
