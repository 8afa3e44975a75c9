"""One product and one Chromium for all journeys; a fresh window, watched for problems, for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from keyconsole.demo.people import PEOPLE
from tests.browser.product import Product, running_product
from tests.patience import PATIENCE
from tests.people.factors.holding import code
from tools.browser import find_browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Playwright counts in milliseconds.
expect.set_options(timeout=PATIENCE * 1000)
PASSWORDS = {person.username: person.password for person in PEOPLE}
TOTP_SECRETS = {person.username: person.totp_secret for person in PEOPLE if person.totp_secret}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = find_browser()
    if found is None:
        pytest.fail("Chromium is missing: run `make browser`, which installs it where it can.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS, timeout=PATIENCE * 1000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(product: Product, chromium: Browser) -> Callable[[str], Any]:
    """A person's cookies: each signs in once, through the page."""
    known: dict[str, Any] = {}

    def cookies_of(username: str) -> Any:
        if username not in known:
            with chromium.new_context() as context:
                context.set_default_timeout(PATIENCE * 1000)
                sign_in(context.new_page(), product, username)
                known[username] = context.storage_state()
        return known[username]

    return cookies_of


def sign_in(page: Page, product: Product, username: str, *, path: str = "/") -> None:
    page.goto(product.at(path))
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORDS[username])
    page.get_by_role("button", name="Sign in").click()
    if secret := TOTP_SECRETS.get(username):
        page.get_by_label("Code").fill(code(now=datetime.now(UTC), secret=secret))
        page.get_by_role("button", name="Sign in with the code").click()
    page.wait_for_url(product.at(path))


class Window:
    """A browser window that remembers everything a developer's console would show in red."""

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.problems = context, list[str]()
        context.on("console", lambda message: self._note(message.type in {"error", "warning"}, message.text))
        context.on("weberror", lambda error: self._note(True, str(error.error)))
        context.on(
            "response", lambda answer: self._note(answer.status >= 500, f"{answer.status} {answer.url}")
        )

    def _note(self, wrong: bool, text: str) -> None:
        # We deny what other browsers have, or older ones had.
        if wrong and not text.startswith("Error with Permissions-Policy header: Unrecognized feature:"):
            self.problems.append(text)


@pytest.fixture
def open_window(
    product: Product, chromium: Browser, signed_in: Callable[[str], Any]
) -> Iterator[Callable[..., Page]]:
    """`open_window("ana", width=390)`: a page of that person; "" is somebody who is not signed in."""
    windows: list[Window] = []

    def open_it(username: str = "", *, width: int = 1440, **options: Any) -> Page:
        state = signed_in(username) if username else None
        context = chromium.new_context(
            storage_state=state, viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE * 1000)
        windows.append(Window(context))
        return context.new_page()

    yield open_it
    problems = [problem for window in windows for problem in window.problems]
    for window in windows:
        window.context.close()
    assert problems == []
