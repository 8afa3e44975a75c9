"""Proving who it is, as a person does once in a while: what weighs asks for it in between."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import PASSWORDS, TOTP_SECRETS
from tests.people.factors.holding import code


def press(page: Page, button: str, *, username: str) -> None:
    """Press it; and where the page then asks who it is, type the code or the password."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()
    if "/sign-in/again/" in page.url:
        prove(page, username)


def prove(page: Page, username: str) -> None:
    if secret := TOTP_SECRETS.get(username):
        # Each code counts once, and the present one may have been that of the sign-in.
        page.get_by_label("Code").fill(code(steps=1, secret=secret))
    else:
        page.get_by_label("Password").fill(PASSWORDS[username])
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm").click()
