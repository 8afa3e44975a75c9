"""The bill of materials names everything that a deployment runs, and nothing of the machine that made it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from keyconsole import __version__
from tools import runtime, sbom
from tools.children import ROOT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sbom") / "keyconsole.cdx.json"
    sbom.make(file)
    return file


@pytest.fixture(scope="module")
def bill(made: Path) -> Any:
    return json.loads(made.read_text(encoding="utf-8"))


def test_it_is_of_this_release(bill: Any):
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    component = bill["metadata"]["component"]
    assert (component["name"], component["version"]) == ("keyconsole", __version__)


def test_each_runtime_dependency_is_in_it_with_version_and_licence(bill: Any):
    listed = {each["name"]: each for each in bill["components"]}
    needed = {each.metadata["Name"]: each.version for each in runtime.distributions().values()}
    assert {name: each["version"] for name, each in listed.items()} == needed
    assert [name for name, each in listed.items() if not each.get("licenses")] == []


def test_it_tells_what_needs_what(bill: Any):
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    of_django = next(refs for ref, refs in needs.items() if ref.startswith("Django=="))
    assert any(ref.startswith("asgiref==") for ref in of_django)


def test_it_names_neither_this_machine_nor_where_packages_come_from(made: Path):
    text = made.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert not re.search(r"file://|/site-packages|/tmp/|direct_url", text)
    assert not re.search("(?<!pkg:)py" + r"pi\.org|python" + "hosted", text)
