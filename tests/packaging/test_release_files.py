"""What a release tells beside its code: licence, changes, how to report a weakness."""

from __future__ import annotations

import re
from datetime import date

from keyconsole import __version__
from tests.architecture.sources import ROOT, read


def releases() -> list[tuple[str, str, str]]:
    """Version, date and text of each release, as they stand."""
    parts = re.split(r"^## \[(.+)\] - (.+)\n", read("CHANGELOG.md"), flags=re.MULTILINE)[1:]
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def test_the_newest_release_that_is_told_is_this_one() -> None:
    assert releases()[0][0] == __version__


def test_every_release_has_its_day_and_says_what_to_do_before_an_upgrade() -> None:
    days = [date.fromisoformat(day) for _, day, _ in releases()]
    assert days == sorted(days, reverse=True)
    assert [version for version, _, text in releases() if "### Before you upgrade\n\n- " not in text] == []


def test_the_release_that_is_supported_is_this_one() -> None:
    assert f"the newest {__version__.rsplit('.', 1)[0]}.x " in read("SECURITY.md")


def test_the_licence_is_whole() -> None:
    text = read("LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert [number for number in range(1, 10) if f"\n   {number}. " not in text] == []
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_file_that_is_linked_is_there() -> None:
    texts = [read(name) for name in ("README.md", "CHANGELOG.md", "SECURITY.md")]
    linked = {link for text in texts for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    assert {"LICENSE", "CHANGELOG.md", "SECURITY.md"} <= linked
    assert [link for link in sorted(linked) if not (ROOT / link).exists()] == []
