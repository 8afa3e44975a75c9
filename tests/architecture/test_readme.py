"""README is complete: each setting, dependency, command, role and cmdlet parameter has its row."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

from keyconsole.aws_accounts.roles import ALLOWS
from tests.architecture.sources import ROOT, read, under

CMDLET_PARAMETERS = (
    "KeyId", "PrimaryRegion", "Force", "Select", "PassThru", "ProfileName", "ProfileLocation", "AccessKey",
    "SecretKey", "SessionToken", "Credential", "NetworkCredential", "Region", "EndpointUrl",
)  # fmt: skip


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without the heading row."""
    section = re.split(r"^## ", read("README.md"), flags=re.MULTILINE)
    text = next(part for part in section if part.splitlines()[0].startswith(heading))
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_names(cell: str) -> set[str]:
    return set(re.findall(r"`([\w./-]+)`", cell))


def test_every_setting_has_its_row_and_every_row_its_setting():
    read_from_environment = re.findall(r"env_\w+\(\s*\"(KEYCONSOLE_\w+)\"", read("keyconsole/settings.py"))
    documented = [name for row in rows("Settings") for name in code_names(row[0])]
    assert sorted(documented) == sorted(set(read_from_environment))


def test_every_setting_has_a_comment_where_it_is_read():
    lines = read("keyconsole/settings.py").splitlines()
    bare = [
        line
        for before, line in pairwise(lines)
        if re.search(r"= env_\w+\(|\[.* in env_\w+\(", line) and not before.startswith("#")
    ]
    assert bare == []


def test_every_runtime_dependency_has_its_reason_and_its_row():
    text = read("pyproject.toml")
    project = tomllib.loads(text)["project"]
    documented = {name.strip() for row in rows("Dependencies") for name in row[0].split(",")}
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    assert {re.split(r"[\[~=<>]", each)[0] for each in wanted} == documented
    unexplained = [
        each for each in project["dependencies"] if not re.search(re.escape(each) + r'", +# \w', text)
    ]
    assert unexplained == []


def test_every_command_has_its_row_and_every_row_its_command():
    commands = {
        path.stem
        for path in under("keyconsole")
        if path.parts[2:4] == ("management", "commands") and path.stem != "__init__"
    }
    assert {name for row in rows("Commands") for name in code_names(row[0])} == commands


def test_every_role_and_permission_is_explained():
    documented = {row[0]: row[1] for row in rows("Roles")}
    assert set(documented) == {role.value for role in ALLOWS}
    for role, permissions in ALLOWS.items():
        assert [p.value for p in permissions if p.value not in documented[role.value]] == []


def test_every_parameter_of_the_cmdlet_has_its_place():
    table = " ".join(row[0] for row in rows("Making a primary"))
    assert [name for name in CMDLET_PARAMETERS if not re.search(rf"\b{name}\b", table)] == []


def test_every_file_and_folder_that_readme_names_is_there():
    named = {name for row in rows("Map of the code") for name in code_names(row[0])}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    rooms = {
        f"keyconsole/{each.name}/"
        for each in (ROOT / "keyconsole").iterdir()
        if (each / "__init__.py").exists()
    }
    assert sorted(rooms - named) == []
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", read("README.md"))
    assert pictures
    assert [name for name in pictures if not Path(ROOT / name).exists()] == []
