"""Signing in, signing out, and what somebody who is signed out may see."""

from __future__ import annotations

from tests.browser.conftest import PASSWORDS, sign_in


def test_somebody_signs_in_lands_where_they_wanted_and_signs_out(product, open_window):
    page = open_window()
    sign_in(page, product, "ana", path="/keys/")
    assert page.get_by_role("heading", level=1).inner_text() == "Keys"
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(product.at("/keys/"))
    assert "/sign-in/" in page.url


def test_a_wrong_password_says_so_and_keeps_the_name(product, open_window):
    page = open_window()
    page.goto(product.at("/"))
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill(PASSWORDS["ben"])
    page.get_by_role("button", name="Sign in").click()
    assert "not correct" in page.locator("main").inner_text()
    assert page.get_by_label("Username").input_value() == "ana"
    assert "/sign-in/" in page.url


def test_the_product_works_without_javascript(product, open_window):
    page = open_window("ana", java_script_enabled=False)
    page.goto(product.at("/keys/?q=card-vault"))
    page.get_by_role("link", name="card-vault").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "card-vault"
