"""Finding a key among all of them, by mouse and by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tools.pages import key_path


def test_somebody_narrows_the_list_and_opens_the_key(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/"))
    everything = page.locator("#keys tbody tr").count()
    page.get_by_label("Text").fill("card-vault")
    page.get_by_label("Text").press("Enter")
    page.wait_for_url("**q=card-vault**")
    page.wait_for_function("document.querySelectorAll('#keys tbody tr').length === 1")
    assert everything > 10
    page.get_by_role("link", name="card-vault").click()
    expect(page).to_have_url(product.at(key_path("card-vault")))
    expect(page.locator("#region-us-east-1")).to_contain_text("us-east-1")
    expect(page.locator("#region-us-east-1")).to_contain_text("Primary")


def test_the_filter_survives_the_back_button(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/?q=ledger"))
    page.get_by_role("link", name="ledger", exact=True).click()
    page.go_back()
    expect(page.get_by_label("Text")).to_have_value("ledger")
    expect(page.get_by_role("link", name="ledger", exact=True)).to_be_visible()


def test_the_keyboard_alone_skips_the_menu(product, open_window):
    page = open_window("ana")
    page.goto(product.at("/keys/"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()").startswith("Skip")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash !== ''")
    assert page.evaluate("location.hash") == "#" + page.locator("main").get_attribute("id")


def test_somebody_without_a_role_finds_no_key(product, open_window):
    window = open_window("dan")
    for path in ("/", "/keys/", key_path("card-vault")):
        assert "card-vault" not in window.request.get(product.at(path)).text()
