"""Proving who it is, as a person does once in a while: what weighs asks for the password in between."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.product import PASSWORDS


def press(page: Page, button: str, *, username: str) -> None:
    """Press it; and where the page then asks who it is, type the password. It goes on by itself."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    if "/sign-in/again/" in page.url:
        page.get_by_label("Password").fill(PASSWORDS[username])
        with page.expect_navigation():
            page.get_by_role("button", name="Confirm").click()
