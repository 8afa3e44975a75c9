"""Installs the OpenID provider that tests sign in at, where npm is. Where it is not, those tests are skipped.

Imports the standard library alone. What is installed stands in tests/oidc_provider/package-lock.json.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys

from tools.children import ROOT

FOLDER = ROOT / "tests" / "oidc_provider"
MODULES = FOLDER / "node_modules"
STAMP = MODULES / ".installed"
OLDEST_NODE = 20


def main() -> None:
    """Never fails: a machine without Node tests everything else."""
    install()
    print(missing() or "The OpenID provider of the tests is here.")


def install() -> None:
    if missing() and not _cannot():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr[-1000:], file=sys.stderr)
        else:
            STAMP.write_text(_fingerprint(), encoding="utf-8")


def missing() -> str:
    """Why the tests with it cannot run; empty where they can."""
    if why := _cannot():
        return why
    is_here = STAMP.exists() and STAMP.read_text(encoding="utf-8") == _fingerprint()
    return "" if is_here else "npm could not install the OpenID provider"


def _cannot() -> str:
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node and npm are not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().removeprefix("v").partition(".")[0]
    is_new = major.isdecimal() and int(major) >= OLDEST_NODE
    return "" if is_new else f"Node {version.strip()} is older than {OLDEST_NODE}"


def _fingerprint() -> str:
    return hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
