"""The auditor's pages: an entry opens in its place, the slider redraws the past, and prints are short."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

_COLUMNS = "[...document.querySelectorAll('.entries thead th')].map((each) => each.getBoundingClientRect().x)"
_SIZE = "[document.documentElement.outerHTML.length, document.querySelectorAll('*').length]"


def sheets(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4")))


def test_an_entry_opens_below_its_line_and_moves_no_column(product, open_window):
    page = open_window("cleo")
    page.goto(product.at("/audit/?show=decisions"))
    before, height = (
        page.evaluate(_COLUMNS),
        page.locator(".entries tbody tr").nth(1).bounding_box()["height"],
    )
    opened = page.locator(".entries .opened").first
    expect(opened).to_be_hidden()
    page.locator(".entries summary").first.focus()
    page.keyboard.press("Enter")
    expect(opened).to_be_visible()
    expect(opened).to_contain_text("SHA-256")
    assert page.evaluate(_COLUMNS) == before
    assert page.locator(".entries tbody tr").nth(1).bounding_box()["height"] == height


@pytest.mark.parametrize("path", ["/audit/", "/audit/?show=decisions", "/audit/?view=primaries"])
def test_a_full_page_stays_small(product, open_window, path):
    page = open_window("cleo")
    page.goto(product.at(path))
    size, nodes = page.evaluate(_SIZE)
    assert size < 200 * 1024
    assert nodes <= 1500


def test_a_page_of_entries_prints_on_a_few_sheets_with_a_head(product, open_window):
    page = open_window("cleo")
    page.goto(product.at("/audit/"))
    assert 2 <= sheets(page) <= 8
    page.emulate_media(media="print")
    head = page.locator(".print-head")
    expect(head).to_be_visible()
    expect(head).to_contain_text("Printed by cleo")
    expect(head).to_contain_text("The record: signed up to entry")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".entries .opened").first).to_be_visible()


def test_the_slider_redraws_the_past_and_moves_nothing_else(product, open_window):
    page = open_window("cleo")
    page.goto(product.at("/audit/?view=primaries"))
    slider, heading = page.get_by_label("Day", exact=True), page.locator("#primaries-title")
    now = heading.inner_text()
    place = page.locator("#primaries .world").bounding_box()
    columns = page.locator(".matrix th.region").count()
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    expect(heading).not_to_have_text(now)
    day = slider.get_attribute("aria-valuetext")
    expect(heading).to_contain_text(str(day))
    expect(page.locator("#id_day")).to_have_value(str(day))
    expect(page).to_have_url(re.compile(f"day={day}"))
    assert page.evaluate("document.activeElement.id") == "id_days"
    assert page.locator("#primaries .world").bounding_box() == place
    assert page.locator(".matrix th.region").count() == columns


def test_without_a_script_the_slider_is_a_form(product, open_window):
    page = open_window("cleo", java_script_enabled=False)
    page.goto(product.at("/audit/?view=primaries"))
    page.get_by_role("button", name="Show this day").click()
    expect(page.locator("#primaries-title")).to_contain_text("Primaries as of")
