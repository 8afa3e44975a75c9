"""Signing in, signing out, and what somebody who is signed out may see."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORDS, sign_in


def test_somebody_signs_in_lands_where_they_wanted_and_signs_out(product, open_window):
    page = open_window()
    sign_in(page, product, "ana", path="/keys/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.goto(product.at("/keys/"))
    assert "/sign-in/" in page.url


def test_a_wrong_password_says_so_and_keeps_the_name(product, open_window):
    page = open_window()
    page.goto(product.at("/"))
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORDS["ben"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("main")).to_contain_text("not correct")
    expect(page.get_by_label("Username")).to_have_value("ana")
    assert "/sign-in/" in page.url


def test_the_product_works_without_javascript(product, open_window):
    page = open_window("ana", java_script_enabled=False)
    page.goto(product.at("/keys/?q=card-vault"))
    page.get_by_role("link", name="card-vault").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("card-vault")
