"""Somebody signs in by single sign-on, loses a group there, and with it the page here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests
from playwright.sync_api import expect

from keyconsole.demo.launch.environment import demo_environment
from keyconsole.demo.launch.ports import HOST, free_port
from tests.browser.product import Product
from tests.patience import PATIENCE, wait_until
from tests.sso.hostile_provider import CLIENT_ID, CLIENT_SECRET
from tests.sso.oidc_provider import WHY_NOT, Certified, running
from tools.children import PYTHON, end, start

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture
def beside(product: Product) -> Iterator[tuple[str, Certified]]:
    """A web server and a worker on the product's database, which know the certified provider."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    with ExitStack() as stack:
        certified = stack.enter_context(running([f"{url}/sign-in/sso/callback/"]))
        environment = {
            **demo_environment(product.database, product.sandbox_url),
            "KEYCONSOLE_OIDC_DISCOVERY_URL": f"{certified.issuer}/.well-known/openid-configuration",
            "KEYCONSOLE_OIDC_CLIENT_ID": CLIENT_ID,
            "KEYCONSOLE_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "KEYCONSOLE_OIDC_NAME": "Example ID",
            "KEYCONSOLE_OIDC_SCOPES": "openid profile email groups offline_access",
        }
        log = stack.enter_context((product.database.parent / "beside.log").open("w"))
        for command in (("serve", "--port", str(port), "--workers", "1"), ("worker",)):
            child = start([str(PYTHON), "manage.py", *command], output=log.fileno(), env=environment)
            stack.callback(end, [child])
        yield url, certified


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthy/", timeout=PATIENCE).status_code == 200
    except requests.ConnectionError:
        return False


def ask_now(product: Product) -> None:
    """What the clock would do in a quarter of an hour."""
    with closing(sqlite3.connect(product.database, timeout=20)) as database, database:
        database.execute("UPDATE people_ssoidentity SET due_at = '2020-01-01 00:00:00' WHERE lease = ''")


def test_somebody_signs_in_loses_the_group_and_the_page(product, open_window, beside):
    url, certified = beside
    certified.know("s-1", preferred_username="anouk", name="Anouk", groups=["kms-viewers"])
    product.manage("sso_mapping", "add", "kms-viewers", "--role", "viewer")
    page = open_window()
    wait_until(lambda: answers(url), what="the server beside answers")
    page.goto(f"{url}/keys/")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.get_by_role("button", name="Anouk").click()
    page.wait_for_url(f"{url}/keys/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")

    certified.know("s-1", preferred_username="anouk", name="Anouk", groups=[])
    ask_now(product)

    def is_closed() -> bool:
        return bool(page.request.get(f"{url}/keys/").status == 403)

    wait_until(is_closed, what="the page is closed to them")
    page.goto(f"{url}/help/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
