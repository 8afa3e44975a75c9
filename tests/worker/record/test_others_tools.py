"""An export by the tools of others: openssl, the Go project's own code, and our one file without the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from keyconsole.audit.models import Entry, SignedCheckpoint
from keyconsole.audit.static_tree import proof_of
from keyconsole.audit.verifier import Key, NotValidError, check_proof
from tests.patience import PATIENCE
from tests.worker.record.given import ORIGIN, export, happen, sign

pytestmark = [pytest.mark.django_db]
GO_PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")


def run(*command, folder: Path, **environment: str):
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture
def exported(tmp_path) -> Path:
    happen(600)
    assert sign().problem == ""
    return export(tmp_path / "export")


@pytest.fixture(scope="module")
def go_verifier(tmp_path_factory):
    if not shutil.which("go") or not GO_PACKAGES.is_dir():
        pytest.skip("golang-go and golang-golang-x-mod-dev are not installed: apt can, where it is")
    folder = tmp_path_factory.mktemp("go")
    source = Path("keyconsole/audit/in_each_export/verify.go").resolve()
    built = run(
        "go",
        "build",
        "-o",
        folder / "verify",
        source,
        folder=folder,
        GO111MODULE="off",
        GOPATH="/usr/share/gocode",
    )
    assert built.returncode == 0, built.stderr
    return folder / "verify"


def commands_in(folder: Path, heading: str) -> str:
    """What VERIFY.md tells people to type there."""
    section = (folder / "VERIFY.md").read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return "\n".join(line.strip() for line in section.splitlines() if line.startswith("    "))


def test_openssl_accepts_the_signature_and_refuses_another_text(exported):
    typed = commands_in(exported, "The signature, with openssl")
    assert "pkeyutl -verify" in typed
    well = run("sh", "-ec", typed, folder=exported)
    assert "Signature Verified Successfully" in well.stdout, well.stderr
    checkpoint = exported / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("\n600\n", "\n601\n"))
    assert "Signature Verified Successfully" not in run("sh", "-ec", typed, folder=exported).stdout


def test_the_go_projects_code_accepts_it_and_names_an_entry_that_was_changed(exported, go_verifier):
    well = run(go_verifier, ".", "key", folder=exported)
    assert well.stdout == f"intact: 600 entries of {ORIGIN}\n"
    bundle = exported / "tile" / "entries" / "001"
    bundle.write_bytes(bundle.read_bytes().replace(b'"actor":"ana"', b'"actor":"eve"', 1))
    broken = run(go_verifier, ".", "key", folder=exported)
    assert (broken.returncode, broken.stdout) == (1, "BROKEN: entry 257 was changed\n")


@pytest.mark.parametrize("part", ["tile/0/001", "tile/1/000.p/2", "checkpoint", "key"])
def test_the_go_projects_code_refuses_what_does_not_fit(part, exported, go_verifier):
    content = bytearray((exported / part).read_bytes())
    content[30] ^= 1
    (exported / part).write_bytes(bytes(content))
    assert "BROKEN: " in run(go_verifier, ".", "key", folder=exported).stdout


def test_our_one_file_needs_none_of_the_rest(exported):
    script = exported / "verifier.py"
    well = run(sys.executable, "-I", script, ".", "--key", "key", folder=exported)
    assert (well.returncode, well.stderr) == (0, "")
    assert well.stdout.startswith(f"Intact: 600 entries. Signed by {ORIGIN}+")
    alone = run(sys.executable, "-I", script, ".", folder=exported)
    assert alone.stdout.endswith(", as the export says.\n")
    bundle = exported / "tile" / "entries" / "001"
    bundle.write_bytes(bundle.read_bytes().replace(b'"actor":"ana"', b'"actor":"eve"', 1))
    broken = run(sys.executable, "-I", script, ".", "--key", "key", folder=exported)
    assert broken.returncode == 1
    assert broken.stdout.startswith("Intact up to entry 256. Entry 257 was changed. Signed by ")
    assert run(sys.executable, "-I", script, "nowhere", folder=exported).returncode == 2


def test_without_the_key_or_the_folder_nothing_is_checked(exported, monkeypatch):
    monkeypatch.chdir(exported)
    with pytest.raises(CommandError, match="No such file"):  # argparse's own end is 2
        call_command("verify_audit", "--from-export", ".", "--key", "nowhere")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--from-export", "nowhere")
    assert ended.value.code == 2


@pytest.mark.parametrize("arguments", [["--key", "key"], []])
def test_the_command_ends_as_scripts_rely_on(exported, monkeypatch, capsys, arguments):
    monkeypatch.chdir(exported)
    call_command("verify_audit", "--from-export", ".", *arguments)
    assert capsys.readouterr().out.startswith("Intact: 600 entries. Signed by ")
    (exported / "tile" / "entries" / "000").write_bytes(b"")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--from-export", ".", *arguments)
    assert ended.value.code == 1
    assert "Intact up to entry 0. The record ends at entry 0, and 600 were signed." in capsys.readouterr().out


def test_one_entry_has_a_proof_of_its_own(exported):
    last = SignedCheckpoint.objects.latest("size")
    key = Key.parse((exported / "key").read_text())
    text = proof_of(300, last)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 299\n")
    leaf = bytes(Entry.objects.get(number=300).leaf)
    assert check_proof(text, leaf, key) == 300
    for forged in (text.replace("index 299", "index 298"), text.replace("\n600\n", "\n601\n")):
        with pytest.raises(NotValidError):
            check_proof(forged, leaf, key)
    with pytest.raises(NotValidError):
        check_proof(text, leaf.replace(b"ana", b"eve"), key)
    with pytest.raises(IndexError):
        proof_of(601, last)
