"""Second factors as people use them: a passkey from set-up to its loss, an app, each page in both schemes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.browser.test_every_page import SCHEMES, WIDTHS, overflow, violations
from tests.people.factors.holding import code

PASSWORD = "orchard plum over a hill"
_numbers = itertools.count(1)


@pytest.fixture
def newcomer(product: Product) -> str:
    """Somebody of this test alone, without a second factor."""
    name = f"newcomer-{next(_numbers)}"
    product.manage("add_person", name, password=PASSWORD)
    return name


@pytest.fixture
def at(product: Product) -> Callable[[str], str]:
    """By the name of this machine, at which browsers take passkeys."""
    return lambda path: product.at(path).replace("127.0.0.1", "localhost")


class Device:
    """A device with passkeys, plugged into the window of a page."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        asked = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
            **options,
        }
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": asked})
        self.id = added["authenticatorId"]

    def lose(self) -> None:
        self.devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})

    def refuse(self) -> None:
        """The finger is not that of its person."""
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def type_password(page: Page, name: str) -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def prove_by_password(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def title(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").first.click()
    expect(title(page)).to_have_text("Sign in")


def add_passkey(page: Page, at: Callable[[str], str], name: str) -> list[str]:
    """From the page of one's factors to the recovery codes, which it gives back."""
    page.goto(at("/me/factors/"))
    page.get_by_role("link", name="Add a passkey").click()
    prove_by_password(page)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text(f"The passkey {name} is set up.")).to_be_visible()
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.get_by_text("They are shown this once.")).to_be_visible()
    return page.locator(".codes li").all_inner_texts()


def test_a_passkey_is_set_up_signs_in_and_proves_again(newcomer, at, open_window):
    page = open_window()
    Device(page)
    page.goto(at("/sign-in/"))
    type_password(page, newcomer)
    add_passkey(page, at, "Laptop")
    sign_out(page)
    page.goto(at("/sign-in/?next=/me/factors/"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(title(page)).to_have_text("Second factors")
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(title(page)).to_have_text("Remove Laptop")
    page.get_by_role("button", name="Remove Laptop").click()
    expect(page.get_by_text("Your password is all that proves who you are.")).to_be_visible()


def test_after_the_password_the_passkey_is_the_second_factor(newcomer, at, open_window):
    page = open_window()
    Device(page)
    page.goto(at("/sign-in/"))
    type_password(page, newcomer)
    add_passkey(page, at, "Laptop")
    sign_out(page)
    type_password(page, newcomer)
    expect(title(page)).to_have_text("Now your second factor")
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


def test_whoever_lost_the_key_comes_in_with_a_recovery_code_and_removes_it(newcomer, at, open_window):
    page = open_window()
    key = Device(page)
    page.goto(at("/sign-in/"))
    type_password(page, newcomer)
    recovery, another, *_ = add_passkey(page, at, "Laptop")
    sign_out(page)
    key.lose()
    type_password(page, newcomer)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in with the code").click()
    page.goto(at("/me/factors/"))
    expect(page.get_by_text("9 of 10 still work.")).to_be_visible()
    page.get_by_role("link", name="Remove Laptop").click()
    page.get_by_role("link", name="Use a code").click()
    page.get_by_label("Code").fill(another)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Remove Laptop").click()
    expect(page.get_by_text("Your password is all that proves who you are.")).to_be_visible()


def test_a_passkey_that_is_refused_says_so_and_the_page_goes_on(newcomer, at, open_window):
    page = open_window()
    key = Device(page)
    page.goto(at("/sign-in/"))
    type_password(page, newcomer)
    add_passkey(page, at, "Laptop")
    sign_out(page)
    key.refuse()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-problem")).to_contain_text("Nothing was confirmed")
    expect(page.get_by_label("Username")).to_be_editable()


def test_an_app_works_without_javascript_from_set_up_to_sign_in(newcomer, at, open_window):
    page = open_window(java_script_enabled=False)
    page.goto(at("/sign-in/"))
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    type_password(page, newcomer)
    page.goto(at("/me/factors/totp/add/"))
    prove_by_password(page)
    secret = page.locator("dd").first.inner_text().strip()
    # The code of the step before, so that the present one is left for the sign-in.
    page.get_by_label("Code that the app shows now").fill(
        code(steps=-1, now=datetime.now(UTC), secret=secret)
    )
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_text("Your authenticator app is set up.")).to_be_visible()
    sign_out(page)
    type_password(page, newcomer)
    page.get_by_label("Code").fill(code(now=datetime.now(UTC), secret=secret))
    page.get_by_role("button", name="Sign in with the code").click()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()


def test_at_an_address_of_numbers_the_page_names_the_one_where_passkeys_work(product, at, open_window):
    page = open_window("ana")
    page.goto(product.at("/me/factors/"))
    link = page.get_by_role("link", name=at("/me/factors/"))
    link.click()
    expect(title(page)).to_have_text("Sign in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()


@contextmanager
def collected():
    found: dict[str, list[str]] = {}
    yield found
    told = {where: each for where, each in found.items() if each}
    assert not told, told


def look_at(page: Any, found: dict[str, list[str]], name: str) -> None:
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found[f"{name} {width} {scheme}"] = [*violations(page, scheme), *overflow(page)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def test_everybody_can_use_the_pages_that_ask_for_a_fresh_proof(newcomer, at, open_window):
    page = open_window()
    Device(page)
    with collected() as found:
        page.goto(at("/sign-in/"))
        page.get_by_text("Cannot get in?").click()
        look_at(page, found, "sign-in")
        type_password(page, newcomer)
        page.goto(at("/me/factors/"))
        look_at(page, found, "none yet")
        page.get_by_role("link", name="Add a passkey").click()
        look_at(page, found, "again by password")
        prove_by_password(page)
        look_at(page, found, "add a passkey")
        add_passkey_here(page)
        look_at(page, found, "make codes")
        page.get_by_role("button", name="Make recovery codes").click()
        look_at(page, found, "codes")
        for path in ("recovery-codes/", "totp/add/", ""):
            page.goto(at(f"/me/factors/{path}"))
            look_at(page, found, path or "one")
        for link in ("Rename Laptop", "Remove Laptop"):
            page.goto(at("/me/factors/"))
            page.get_by_role("link", name=link).click()
            look_at(page, found, link)
        for path in ("again/code/", "again/passkey/"):
            page.goto(at(f"/sign-in/{path}"))
            look_at(page, found, path)
        page.goto(at("/"))
        sign_out(page)
        type_password(page, newcomer)
        page.get_by_text("Device lost?").click()
        look_at(page, found, "second factor")
        page.get_by_label("Code").fill("000000")
        page.get_by_role("button", name="Sign in with the code").click()
        look_at(page, found, "wrong code")


def add_passkey_here(page: Page) -> None:
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(title(page)).to_have_text("Recovery codes")
