"""From an empty database, by the commands of README, to the day on which one administrator is not enough."""

from __future__ import annotations

import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from keyconsole.demo.launch.environment import demo_environment
from keyconsole.demo.launch.ports import HOST, free_port
from tests.browser.conftest import Window
from tests.patience import PATIENCE, wait_until
from tools.children import PYTHON, ROOT, end, start

NOBODY_ASKS_AWS = "http://127.0.0.1:9"
PASSWORD = "purple meadow runs quietly"


@dataclass(frozen=True)
class EmptyServer:
    url: str
    environment: dict[str, str]

    def keyconsole(self, *arguments: str) -> str:
        command = [str(PYTHON), "-m", "keyconsole", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmptyServer]:
    """Without TLS, since a test has no proxy, as the demo is; otherwise as README deploys it."""
    port = free_port()
    environment = demo_environment(tmp_path / "keyconsole.sqlite3", NOBODY_ASKS_AWS)
    empty = EmptyServer(f"http://{HOST}:{port}", environment)
    empty.keyconsole("migrate")
    with (tmp_path / "serve.log").open("w", encoding="utf-8") as log:
        serve = [str(PYTHON), "-m", "keyconsole", "serve", "--bind", f"{HOST}:{port}", "--workers", "1"]
        process = start(serve, output=log.fileno(), env=environment)
    try:
        wait_until(lambda: is_healthy(empty.url) or process.poll() is not None, what="it is healthy")
        yield empty
    finally:
        end([process])


def is_healthy(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError):
        return bool(urllib.request.urlopen(f"{url}/healthy/", timeout=PATIENCE).status == 200)  # noqa: S310
    return False


@pytest.fixture
def windows(chromium: Browser, server: EmptyServer) -> Iterator[list[Page]]:
    """Three people, each at a browser of their own."""
    contexts = [chromium.new_context(base_url=server.url) for _ in range(3)]
    watched = [Window(context) for context in contexts]
    for context in contexts:
        context.set_default_timeout(PATIENCE * 1000)
    yield [context.new_page() for context in contexts]
    problems = [problem for window in watched for problem in window.problems]
    for context in contexts:
        context.close()
    assert problems == []


def press(page: Page, button: str, password: str) -> None:
    """And prove who it is, where that is asked for."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    if "/sign-in/again/" in page.url:
        page.get_by_label("Password").fill(password)
        with page.expect_navigation():
            page.get_by_role("button", name="Confirm").click()


def look_at_a_role(page: Page, username: str, role: str) -> None:
    page.goto(f"/people/{username}/")
    page.get_by_role("link", name="Give a role").click()
    page.get_by_label("Role", exact=True).select_option(role)
    page.get_by_label("Where it holds").select_option("all")
    page.get_by_label("Why").fill("Joins the team.")
    page.get_by_role("button", name="Continue").click()


def first_sign_in(ada: Page, server: EmptyServer) -> str:
    """With the password that the command showed once."""
    told = server.keyconsole("add_person", "ada", "--role", "administrator")
    assert "Added ada as administrator." in told
    password = told.rpartition("shown this once: ")[2].strip()

    ada.goto("/")
    ada.get_by_label("Username").fill("ada")
    ada.get_by_label("Password").fill(password)
    ada.get_by_role("button", name="Sign in", exact=True).click()
    ada.wait_for_url(f"{server.url}/")
    return password


def add_an_account(ada: Page, password: str) -> None:
    ada.goto("/accounts/add/")
    ada.get_by_label("Account number").fill("111122223333")
    ada.get_by_label("Name", exact=True).fill("payments")
    press(ada, "Go on", password)
    expect(ada.locator("h1")).to_contain_text("payments")


def invite(ada: Page, there: Page, username: str, password: str) -> None:
    ada.goto("/invite/")
    ada.get_by_label("Username").fill(username)
    press(ada, "Make the invitation", password)
    there.goto(ada.locator("section .id.whole").inner_text())
    there.get_by_label("New password").fill(PASSWORD)
    there.get_by_label("The same once more").fill(PASSWORD)
    there.get_by_role("button", name="Choose it and sign in").click()
    there.wait_for_url(re.compile(r"://[^/]+/$"))


def test_the_first_administrator_begins_alone_and_then_needs_a_second(server, windows):
    ada, eve, fay = windows
    password = first_sign_in(ada, server)
    add_an_account(ada, password)
    invite(ada, eve, "eve", password)

    # One alone may, as long as there never was a second.
    look_at_a_role(ada, "eve", "administrator")
    press(ada, "Give a role", password)
    expect(ada.locator(".messages")).to_contain_text("eve is administrator in all accounts")

    invite(ada, fay, "fay", password)
    look_at_a_role(ada, "fay", "approver")
    expect(ada.locator("main")).to_contain_text("Another administrator has to agree first: eve.")
    press(ada, "Propose it", password)
    expect(ada.locator(".messages")).to_contain_text("AR-2 waits for another administrator")
    assert ada.goto("/proposals/AR-2/").status == 200
    expect(ada.get_by_role("button", name="Agree")).to_have_count(0)

    eve.goto("/proposals/AR-2/")
    press(eve, "Agree to this proposal", PASSWORD)
    expect(eve.locator(".messages")).to_contain_text("It is done.")
    eve.goto("/people/fay/")
    expect(eve.locator("main")).to_contain_text("approver")
