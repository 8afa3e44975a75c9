"""Messages after a form: they float, stay long enough, can be closed, and move nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

# An address that says something, and the page that shows both kinds.
SAYS, BOTH = "/accounts/scan/", "/help/patterns/"
TOAST = ".messages > .notice"


def header_top(page):
    return page.locator("main .page-header").bounding_box()["y"]


@pytest.mark.parametrize("width", [1440, 390])
def test_messages_move_nothing_and_what_was_refused_stays_until_it_is_closed(product, open_window, width):
    page = open_window("ada", width=width)
    page.clock.install()
    page.goto(product.at(BOTH))
    refused = page.locator(TOAST, has_text="was not approved")
    expect(refused).to_be_in_viewport()
    with_messages = header_top(page)
    page.clock.run_for(300_000)
    expect(page.locator(TOAST)).to_have_count(1)
    refused.get_by_role("button", name="Close this message").focus()
    page.keyboard.press("Enter")
    expect(page.locator(TOAST)).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    assert header_top(page) == with_messages


def test_what_went_well_goes_by_itself_but_not_while_somebody_is_in_it_or_a_poll_comes(product, open_window):
    page = open_window("ada")
    page.clock.install()
    page.goto(product.at(SAYS))
    close = page.get_by_role("button", name="Close this message")
    close.focus()
    with page.expect_response(lambda answer: "seen=" in answer.url):
        page.clock.run_for(60_000)
    expect(page.locator(TOAST)).to_have_count(1)
    page.get_by_role("link", name="Overview").first.focus()
    page.clock.run_for(60_000)
    expect(page.locator(TOAST)).to_have_count(0)


def test_without_script_it_stands_at_the_top(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    page.goto(product.at(SAYS))
    message = page.get_by_role("status").filter(has_text="Nothing was sent")
    expect(message).to_be_visible()
    assert message.bounding_box()["y"] < header_top(page)
    expect(message.get_by_role("button")).to_be_hidden()


def test_without_script_a_page_that_would_refresh_itself_says_so_and_others_do_not(product, open_window):
    page = open_window("ada", java_script_enabled=False)
    note = page.locator("noscript > .no-refresh")  # text in there is not looked up by its words
    page.goto(product.at("/changes/?tab=closed"))
    expect(note).to_be_visible()
    note.locator("a").click()
    page.wait_for_url(product.at("/changes/?tab=closed"))
    page.goto(product.at("/policies/"))
    expect(note).to_be_hidden()
