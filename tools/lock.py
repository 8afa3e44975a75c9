"""`make lock`: writes requirements.lock, every file that a deployment may install, by its SHA-256.

The versions are those of constraints.txt. One file for every platform and Python that is supported.
"""

from __future__ import annotations

import subprocess
import sys

from tools.children import PYTHON, ROOT

LOCK = "requirements.lock"
# KeyConsole runs on Linux and macOS.
ONLY_ON_WINDOWS = "colorama"


def main() -> None:
    done = subprocess.run(
        [
            PYTHON.parent / "uv", "pip", "compile", "pyproject.toml", "--quiet", "--universal",
            "--python-version", "3.11", "--constraint", "constraints.txt", "--generate-hashes",
            "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--custom-compile-command",
            "make lock", "--no-emit-package", ONLY_ON_WINDOWS, "--output-file", LOCK,
        ],
        cwd=ROOT,
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{LOCK} could not be written (see above).")


if __name__ == "__main__":
    main()
