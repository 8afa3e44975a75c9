"""Every page in light and dark, wide and on a phone: no accessibility violation, and every bar is kept."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.bars import ZOOMED, measured, outside_the_bars
from tools.pages import PAGES, key_path

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, scheme: str) -> list[str]:
    """In the dark only the colours differ, so only they are looked at again."""
    rules = RULES if scheme == "light" else ["color-contrast"]
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = page.evaluate("(options) => axe.run(options).then((answer) => answer.violations)", options)
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:160]}"
        for each in found
        for node in each["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """What makes the page wider than the window; what scrolls in a box of its own does not."""
    told: list[str] = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            const spills = (each) => each.scrollWidth > each.clientWidth + 1 &&
                each.clientWidth && getComputedStyle(each).overflowX === "visible";
            const spilling = [...document.querySelectorAll("main *")].filter(spills);
            return [`${root.scrollWidth - root.clientWidth} px wider than the window`].concat(
                spilling.filter((each) => ![...each.children].some(spills))
                    .map((each) => each.outerHTML.slice(0, 200)));
        }"""
    )
    return told


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(name, product, open_window):
    username, path = PAGES[name]
    page = open_window(username)
    with measured(page) as weighed:
        answer = page.goto(product.at(path), wait_until="networkidle")
    assert answer.status == 200
    found = {"bars": told} if (told := outside_the_bars(page, weighed, sized=name != "patterns")) else {}
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if told := violations(page, scheme):
                found[f"{width} {scheme}"] = told
        if too_wide := overflow(page):
            found[f"{width}"] = too_wide
    page.set_viewport_size({"width": ZOOMED, "height": 450})
    if too_wide := overflow(page):
        found["200 % zoom"] = too_wide
    assert not found, "\n".join(f"{where}: {each}" for where, told in found.items() for each in told)


def test_a_page_that_is_not_there_says_so_and_leads_back(product, open_window):
    answer = open_window("ana").request.get(product.at("/keys/999988887777/mrk-none/"))
    assert answer.status == 404
    assert "Nothing here" in answer.text()
    assert "Go to the overview" in answer.text()


def test_the_policy_of_every_page_forbids_inline_code(product, open_window):
    page = open_window("ana")
    for path in ("/", "/keys/", key_path("card-vault"), "/sign-in/"):
        policy = page.goto(product.at(path)).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
