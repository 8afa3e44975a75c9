"""Where KeyConsole's own files are, in a checkout or as a wheel installed them, and where its data goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries `templates` and `static` inside the package; in a checkout they stand beside it.
IN_CHECKOUT = not (_PACKAGE / "templates").is_dir()
OWN_FILES = _PACKAGE.parent if IN_CHECKOUT else _PACKAGE
# What `import keyconsole` needs on the path.
IMPORTED_FROM = _PACKAGE.parent


def default_data_dir() -> Path:
    """The checkout, or the platform's folder for a user's data. Raises RuntimeError where there is no home.

    Never the current folder: commands that are typed in two places would work on two databases.
    """
    if IN_CHECKOUT:
        return OWN_FILES
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "keyconsole"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "keyconsole"


def demo_dir(data_dir: Path, port: int) -> Path:
    """A folder that the demo may delete, since nothing else is ever in it."""
    name = ".demo" if IN_CHECKOUT and data_dir == OWN_FILES else "demo"
    return data_dir / name / str(port)
