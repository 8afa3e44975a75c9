"""Style sheet, script and pictures: collected once with hashed names, or served from where they are."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What collectstatic leaves out, too.
_IGNORED = ["CVS", ".*", "*~"]


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """One storage for collecting and for serving, whatever is there already.

    Choosing it by whether the folder exists would make the first collectstatic write no manifest.
    """

    def load_manifest(self) -> tuple[dict[str, str], str]:
        """One that a crash has cut off counts as none."""
        try:
            names, digest = super().load_manifest()
        except ValueError:
            return {}, ""
        return names, digest

    def get_modified_time(self, name: str) -> datetime:  # noqa: ARG002
        """Older than everything, so that each file is copied: a release that is put back has older files."""
        return datetime.min.replace(tzinfo=UTC)

    def stored_name(self, name: str) -> str:
        """The hashed name, or for what was not collected the plain one, under which it is served as well."""
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored


def collect_static_files() -> None:
    """Brings the collected files up to date, unless they are. Raises OSError where they cannot be written."""
    if are_collected():
        return
    with _one_at_a_time():
        if not are_collected():
            call_command("collectstatic", interactive=False, verbosity=0)


def are_collected() -> bool:
    """Whether each file has its hashed name, made from the very contents that it has now."""
    hashed, _ = StaticFiles().load_manifest()
    collected = Path(settings.STATIC_ROOT)
    return all(
        name in hashed and _same_contents(collected / name, source) for name, source in _sources().items()
    )


def _sources() -> dict[str, Path]:
    """Of two files with one name the first holds, as in collectstatic."""
    found: dict[str, Path] = {}
    for finder in get_finders():
        for name, storage in finder.list(_IGNORED):
            found.setdefault(name, Path(storage.path(name)))
    return found


def _same_contents(collected: Path, source: Path) -> bool:
    return collected.is_file() and collected.read_bytes() == source.read_bytes()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two servers that start together on one host would delete each other's copies."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
