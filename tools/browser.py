"""Finds the Chromium that the browser tests drive, and installs it where apt can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_browser() -> str | None:
    """The one that the variable CHROMIUM names, or the system's."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return shutil.which(wanted)
    return next(filter(None, (shutil.which(name) for name in (*NAMES, MAC))), None)


def install_browser() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get") or os.environ.get("CHROMIUM"):
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            print(done.stdout[-2000:], flush=True)
            return None
    return find_browser()


def main() -> None:
    found = find_browser()
    if found is None:
        print("Chromium is missing; installing it with apt ...", flush=True)
        found = install_browser()
    if found is None:
        sys.exit(
            "The browser tests need Chromium: install it (Debian and Ubuntu: apt install chromium), "
            "or name one in the variable CHROMIUM."
        )
    print(found)


if __name__ == "__main__":
    main()
