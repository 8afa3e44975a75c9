"""Where the story's keys are in the product, for the journeys: each journey moves a key of its own."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.product import Product
from tools.pages import key_path


def ask_to_make_primary(page: Page, product: Product, alias: str, to_region: str) -> None:
    """From the key's page to the page of the change, as a person does it; the approvers agree to its plan."""
    fill_in_the_request(page, product, alias, to_region)
    product.approve(ref_of(page), "ben", "bea")
    page.reload()


def fill_in_the_request(page: Page, product: Product, alias: str, to_region: str) -> None:
    page.goto(product.at(key_path(alias)))
    page.get_by_role("link", name=f"Make primary in {to_region}").click()
    page.get_by_label("Reason").fill("Journey: the yearly drill")
    page.get_by_label("Alias or key id").fill(alias)
    page.get_by_role("button", name="Ask for approval").click()
    page.wait_for_url("**/changes/CR-*/")


def ref_of(page: Page) -> str:
    return page.url.rstrip("/").rpartition("/")[2]
