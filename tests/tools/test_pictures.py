"""Pictures of every page, laid out so that somebody can look at them."""

from __future__ import annotations

from pathlib import Path

from tests.browser.take_pictures import NAMES
from tools.pages import PAGES
from tools.pictures import SCHEMES, SIZES, lay_out, picture


def test_all_four_pictures_of_a_page_stand_beside_what_they_were(tmp_path: Path) -> None:
    now, before = tmp_path / "now", tmp_path / "before"
    for folder in (now, before):
        folder.mkdir()
        for width, _ in SIZES:
            for scheme in SCHEMES:
                (folder / picture("keys", width, scheme)).write_bytes(b"")
    content = lay_out(now, ["keys", "help"], before=before).read_text("utf-8")
    for width, scheme in ((1440, "light"), (390, "dark")):
        assert f'<img src="keys-{width}-{scheme}.png"' in content
        assert f'<img src="../before/keys-{width}-{scheme}.png"' in content
    assert "before, 390 light: none" in content  # of the help there is none


def test_without_an_earlier_time_only_what_is_now_is_shown(tmp_path: Path) -> None:
    assert "before" not in lay_out(tmp_path, ["keys"], before=None).read_text("utf-8")


def test_pictures_are_taken_of_every_page_that_the_browser_tests_walk() -> None:
    assert list(PAGES) == NAMES
    assert len(PAGES) > 80
