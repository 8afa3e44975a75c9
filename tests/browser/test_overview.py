"""From the overview to an approval: one click to the change, the next one approves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [1440, 390])
def test_an_approval_is_two_clicks_away(product, open_window, width):
    page = open_window("bea", width=width)
    page.goto(product.at("/"))
    decide = page.get_by_role("link", name="Decide").first
    expect(decide).to_be_in_viewport()
    decide.click()
    expect(
        page.get_by_role("button", name="Approve").or_(page.get_by_role("link", name="Approve")).first
    ).to_be_enabled()
