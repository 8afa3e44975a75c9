"""What `make pictures` runs: no test of anything, and collected only where it is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.pages import PAGES
from tools.pictures import SCHEMES, SIZES, picture

NAMES = os.environ.get("KEYCONSOLE_PICTURED", "").split() or list(PAGES)
FOLDER = Path(os.environ.get("KEYCONSOLE_PICTURES", ".pictures/now"))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_taken(name, product, open_window):
    username, path = PAGES[name]
    page = open_window(username)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(product.at(path), wait_until="networkidle")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=FOLDER / picture(name, width, scheme), full_page=True)
