"""Two doors: only `kms` talks to AWS, and only the workflow's modules write a change's state."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.sources import imported_modules, read, tree, under

AWS = {"boto3", "botocore", "s3transfer", "moto"}
HTML = ("django.forms", "django.http", "django.shortcuts", "django.template", "django.contrib.messages")
KNOW_HTML = {"web", "urls.py"}
MAY_IMPORT_AWS = {("keyconsole", "kms"), ("keyconsole", "sandbox")}
STATE_WRITERS = {
    Path("keyconsole/changes", each)
    for each in ("requests/request.py", "execution/execute.py", "execution/settle.py", "transition.py")
}


def writes_state(module: ast.Module) -> list[int]:
    """Lines that set `.state`, `update(state=...)`, or make a `Change` with a state."""
    lines = []
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                lines.append(node.lineno)
        elif isinstance(node, ast.Call) and any(each.arg == "state" for each in node.keywords):
            called = ast.unparse(node.func)
            makes = called == "Change" or (called.startswith("Change.objects.") and called.endswith("create"))
            if makes or called.endswith(".update"):
                lines.append(node.lineno)
    return lines


def test_only_the_gateway_and_the_sandbox_import_the_aws_sdk():
    outside = [path for path in under("keyconsole", "tools") if path.parts[:2] not in MAY_IMPORT_AWS]
    assert [path for path in outside if imported_modules(tree(path)) & AWS] == []
    assert Path("keyconsole/settings.py") in outside
    assert imported_modules(ast.parse("def late():\n    from botocore.config import Config")) & AWS


def names_imported(module: ast.Module) -> set[str]:
    """Whole names: a module, or what is taken from one."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def knows_html(module: ast.Module) -> bool:
    return any(f"{name}.".startswith(f"{page}.") for name in names_imported(module) for page in HTML)


def test_only_pages_know_forms_requests_and_templates():
    """What people can do stands below the pages, where the terminal and programs reach it too."""
    below = [path for path in under("keyconsole") if path.parts[1] not in KNOW_HTML]
    assert Path("keyconsole/changes/actions/action.py") in below
    assert [str(path) for path in below if knows_html(tree(path))] == []
    for way in (
        "from django import forms",
        "import django.http",
        "from django.forms.fields import CharField",
    ):
        assert knows_html(ast.parse(way))
    assert not knows_html(ast.parse("from django.db import models"))


def test_only_the_workflow_writes_a_changes_state():
    judged = [
        path
        for path in under("keyconsole")
        if path.parts[1] in {"changes", "web", "audit", "aws_accounts"} and path not in STATE_WRITERS
    ]
    assert [(str(path), line) for path in judged for line in writes_state(tree(path))] == []


def test_every_way_of_writing_a_state_is_seen():
    ways = """
change.state = "done"
Change.objects.filter(pk=1).update(state="done")
Change.objects.create(state="done")
changes.update(version=2, state="done")
"""
    assert writes_state(ast.parse(ways)) == [2, 3, 4, 5]
    assert writes_state(ast.parse("Look.objects.create(state='x')\nChange.objects.filter(state='x')")) == []


def test_every_event_is_recorded_somewhere():
    events = Path("keyconsole/audit/events.py")
    declared = {
        target.id
        for node in ast.walk(tree(events))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper() and isinstance(node.value, ast.Tuple)
    }
    used = {
        node.attr
        for path in under("keyconsole")
        if path != events
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event"
    }
    assert len(declared) > 10, "the events are no longer read from their tuples"
    assert sorted(declared - used) == []


def test_each_command_that_takes_a_persons_word_has_its_events_say_by_which_proof():
    """By `acting` around its verb, or by `act`, which does so."""
    commands = [path for path in under("keyconsole") if "commands" in path.parts]
    taking = {path: read(path) for path in commands if re.search(r"\bwho_acts\(", read(path))}
    assert len(taking) > 8
    assert [str(path) for path, text in taking.items() if not re.search(r"\.acting\(\)|\bact\(", text)] == []
