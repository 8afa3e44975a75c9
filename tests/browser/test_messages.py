"""Messages after a form: they float, stay long enough, can be closed, and move nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

REFUSED = "Say why everything is frozen"


def send_an_empty_reason(page, product):
    page.goto(product.at("/policies/"))
    page.evaluate("document.querySelectorAll('#freeze [required]').forEach((e) => e.required = false)")
    page.locator("#freeze form button").click()


def header_top(page):
    return page.locator("main .page-header").bounding_box()["y"]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_refusal_floats_above_the_page_stays_and_can_be_closed_by_keyboard(product, open_window, width):
    page = open_window("ada", width=width)
    page.clock.install()
    page.goto(product.at("/policies/"))
    before = header_top(page)
    send_an_empty_reason(page, product)
    toast = page.get_by_role("status").filter(has_text=REFUSED)
    expect(toast).to_be_visible()
    assert header_top(page) == before
    page.clock.run_for(120_000)
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Close this message").focus()
    page.keyboard.press("Enter")
    expect(toast).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()


def test_without_script_it_stands_at_the_top(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    page.goto(product.at("/policies/"))
    page.locator("#freeze input[name=why]").fill("x" * 3)
    page.goto(product.at("/freeze/"))
    message = page.get_by_role("status").filter(has_text="Nothing was sent")
    expect(message).to_be_visible()
    assert message.bounding_box()["y"] < header_top(page)
    expect(message.get_by_role("button")).to_be_hidden()


def test_without_script_a_page_that_would_refresh_itself_says_so_and_others_do_not(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    note = page.get_by_text("This page does not refresh itself without JavaScript.")
    page.goto(product.at("/changes/?tab=closed"))
    expect(note).to_be_visible()
    page.get_by_role("link", name="Reload it").click()
    page.wait_for_url(product.at("/changes/?tab=closed"))
    page.goto(product.at("/policies/"))
    expect(note).to_be_hidden()
