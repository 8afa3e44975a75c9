"""The wheel holds what the product needs and works where there is no checkout.

It is installed without its dependencies, which the environment sees where the tests have them. So this does
not prove that the wheel names all that it needs, nor what happens without the sandbox: test_deployment.py
installs everything from nothing, and without it.
"""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from keyconsole import __version__
from keyconsole.demo.launch.ports import free_port
from tests.architecture.sources import ROOT, files
from tests.packaging.installation import (
    DEPLOYED,
    Installation,
    assert_sign_in_page_with_its_stylesheet,
    environment,
    fetch,
    processes_of,
    wait_for_page,
    wait_for_text,
)

INSIDE = {"keyconsole": Path(), "templates": Path("keyconsole"), "static": Path("keyconsole")}


def metadata(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(f"keyconsole-{__version__}.dist-info/{name}").decode()


def test_it_carries_every_module_template_and_static_file_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {str(INSIDE[path.parts[0]] / path) for path in files() if path.parts[0] in INSIDE}
    assert {"keyconsole/templates/base.html", "keyconsole/static/keyconsole.css"} <= wanted
    assert carried == wanted


def test_its_metadata_tells_version_licence_and_command(wheel: Path) -> None:
    told = HeaderParser().parsestr(metadata(wheel, "METADATA"))
    assert (told["Version"], told["License-Expression"]) == (__version__, "Apache-2.0")
    assert metadata(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "keyconsole = keyconsole.command_line:main" in metadata(wheel, "entry_points.txt")
    assert [each for each in told.get_all("Requires-Dist", []) if each.startswith("moto")] == [
        "moto; extra == 'sandbox'"
    ]


@pytest.mark.processes
def test_it_serves_its_pages_from_an_empty_folder_outside_of_the_checkout(
    installed: Installation, tmp_path: Path
) -> None:
    where = subprocess.run(
        [installed.program("python"), "-c", "import keyconsole; print(keyconsole.__file__)"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(installed.folder)
    data = {**DEPLOYED, "KEYCONSOLE_DATA_DIR": str(tmp_path / "data")}
    migrated = installed.run("migrate", settings=data)
    assert migrated.returncode == 0, migrated.stderr
    port = free_port()
    with installed.running(installed.program(), "serve", "--port", str(port), settings=data) as log:
        wait_for_page(port, log)
        assert_sign_in_page_with_its_stylesheet(port)
        plain, headers, _ = fetch(port, "/sign-in/", {"Host": "keys.example.org"})
        assert (plain, headers["Location"]) == (301, "https://keys.example.org/sign-in/")
    assert {each.name for each in (tmp_path / "data").iterdir()} >= {"keyconsole.sqlite3", "staticfiles"}


@pytest.mark.processes
def test_after_the_first_collectstatic_gunicorn_alone_serves_hashed_names(
    installed: Installation, tmp_path: Path
) -> None:
    data = {**DEPLOYED, "KEYCONSOLE_DATA_DIR": str(tmp_path / "data")}
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        done = installed.run(*command, settings=data)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "staticfiles" / "staticfiles.json").is_file()
    port = free_port()
    gunicorn = (installed.program("python"), "-m", "gunicorn", "keyconsole.wsgi", "--no-control-socket")
    with installed.running(*gunicorn, "--bind", f"127.0.0.1:{port}", settings=data) as log:
        wait_for_page(port, log)
        assert_sign_in_page_with_its_stylesheet(port)


@pytest.mark.processes
def test_its_demo_runs_and_the_command_that_it_prints_works_when_copied(
    installed: Installation, tmp_path: Path
) -> None:
    port = free_port()
    folder = tmp_path / "a folder"
    demo = (installed.program(), "demo", "--port", str(port), "--data-dir", str(folder))
    with installed.running(*demo) as log:
        told = wait_for_text(log, "Ctrl-C ends everything.")
        assert fetch(port, "/sign-in/", {})[0] == 200
        [line] = [line.strip() for line in told.splitlines() if line.endswith(" change list")]
        assert Path(shlex.split(line)[0]).is_relative_to(folder)
        listed = subprocess.run(  # noqa: S602  # as a person pastes it
            line,
            shell=True,
            cwd=tmp_path,
            env=environment(AWS_PROFILE="production", KEYCONSOLE_DATABASE_URL_FILE="/no/such/file"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert processes_of(folder) == []
    assert (listed.returncode, listed.stderr) == (0, "")
    assert re.search(r"^CR-\d+ +pending ", listed.stdout, flags=re.MULTILINE)


@pytest.mark.processes
def test_without_a_secret_key_or_tables_it_serves_nothing_and_says_what_is_missing(
    installed: Installation, tmp_path: Path
) -> None:
    data = {"KEYCONSOLE_DATA_DIR": str(tmp_path / "data")}
    without_key = installed.run("serve", settings=data)
    assert without_key.returncode == 1
    assert "A secret key is missing" in without_key.stderr
    assert "Set KEYCONSOLE_SECRET_KEY" in without_key.stderr
    without_tables = installed.run("serve", settings={**data, **DEPLOYED})
    assert without_tables.returncode == 1
    assert "run `keyconsole migrate` first" in without_tables.stderr
    for each in (without_key, without_tables):
        assert each.stderr.count("\n") == 1
    assert not (tmp_path / "data" / "staticfiles").exists()


@pytest.mark.processes
def test_where_static_files_cannot_be_collected_it_names_the_folder(
    installed: Installation, tmp_path: Path
) -> None:
    data = {**DEPLOYED, "KEYCONSOLE_DATA_DIR": str(tmp_path)}
    assert installed.run("migrate", settings=data).returncode == 0
    (tmp_path / "staticfiles").write_text("a file is in the way", encoding="utf-8")
    refused = installed.run("serve", settings=data)
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        f"CommandError: The static files cannot be collected in {tmp_path}/staticfiles"
    )
    assert refused.stderr.count("\n") == 1


@pytest.mark.processes
def test_without_a_named_folder_the_data_is_in_the_users_own_for_their_eyes_only(
    installed: Installation, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    migrated = installed.run("migrate", cwd=tmp_path, settings={"HOME": str(home)})
    assert migrated.returncode == 0, migrated.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["home"]
    [folder] = home.rglob("keyconsole")
    assert (folder / "keyconsole.sqlite3").is_file()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
