"""Ids on pages: copied as they are, broken only where an ARN has its joints."""

from __future__ import annotations

from tools.pages import key_path

ARN = "dd:has(.part) .id.whole"


def test_an_arn_breaks_between_its_parts_only_and_copies_as_it_is(product, open_window):
    page = open_window("ana", width=390)
    page.goto(product.at(key_path("card-vault")))
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    whole = page.locator(ARN).first
    copied = whole.evaluate(
        "(id) => { getSelection().selectAllChildren(id); return getSelection().toString(); }"
    )
    assert copied == whole.locator("xpath=..").locator("[data-copy]").get_attribute("data-copy")
    assert copied.startswith("arn:aws:kms:")
    heights = whole.locator(".part").evaluate_all(
        "(parts) => parts.map((part) => part.getClientRects().length)"
    )
    assert heights == [1] * len(heights)
    lines = whole.locator(".part").evaluate_all(
        "(parts) => parts.map((part) => Math.round(part.getBoundingClientRect().height))"
    )
    assert len(set(lines)) == 1, "a part is broken over two lines"
