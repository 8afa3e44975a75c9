"""The bars that every page keeps: its weight, its size, that nothing moves by itself, zoom and keyboard."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route

KIB = 1024
WEIGHT_AT_MOST = 200 * KIB
NODES_AT_MOST = 1500
# Half as wide: what a window of 1,440 px has room for at 200 % zoom.
ZOOMED = 720
TABS_AT_MOST = 900
# A busy machine draws a table before its last row is there; what has arrived never moves.
WHILE_IT_ARRIVES = 0.05

WATCH_SHIFTS = """
    window.shifts = [];
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) {
            if (each.hadRecentInput) continue;
            shifted += each.value;
            for (const {node} of each.sources) {
                shifts.push(`${each.value.toFixed(4)} ${node?.outerHTML?.slice(0, 120) ?? node?.nodeName}`);
            }
        }
    }).observe({type: "layout-shift", buffered: true});
"""
_POLLING = "document.querySelector('[hx-trigger^=every]')"
_DATES = "[type=datetime-local], [type=date], [type=time]"
_REACHABLE = """() => {
    const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const all = document.querySelectorAll(kinds);
    const radios = new Set();
    return [...all].filter((each) => {
        if (each.disabled || each.tabIndex < 0 || each.type === "hidden") return false;
        if (!each.checkVisibility({visibilityProperty: true}) || !each.getClientRects().length) return false;
        if (each.type !== "radio") return true;
        if (radios.has(each.name)) return false;
        return Boolean(radios.add(each.name));
    }).map((each, number) => { each.dataset.stop = number; return each.outerHTML.slice(0, 100); });
}"""
_FOCUSED = """() => {
    const each = document.activeElement;
    if (!each || each === document.body) return null;
    const style = getComputedStyle(each);
    const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const marked = each.matches("DATES") || isOutlined;
    const radio = each.type === "radio" && each.name
        ? document.querySelector(`input[name="${CSS.escape(each.name)}"][data-stop]`) : null;
    return {stop: (radio ?? each).dataset.stop ?? "", marked, html: each.outerHTML.slice(0, 100)};
}""".replace("DATES", _DATES)


@dataclass
class Measured:
    bytes: int = 0
    by_url: dict[str, int] = field(default_factory=dict)


@contextmanager
def measured(page: Page) -> Iterator[Measured]:
    """What comes over the wire while a page is opened as by somebody who was never here."""
    found, urls = Measured(), dict[str, str]()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.add_init_script(WATCH_SHIFTS)

    def note(event: dict[str, Any]) -> None:
        size = _as_deployed(urls.get(event["requestId"], ""), int(event["encodedDataLength"]))
        found.bytes += size
        found.by_url[urls.get(event["requestId"], "?")] = size

    session.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", note)
    yield found
    session.detach()


def _as_deployed(url: str, size: int) -> int:
    """A deployment sends what collectstatic has compressed; the demo sends those files as they are."""
    path = urlsplit(url).path
    file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    return min(size, len(gzip.compress(Path(file).read_bytes()))) if file else size


def outside_the_bars(page: Page, weighed: Measured, *, sized: bool = True) -> list[str]:
    """What this page does not keep, each as a sentence. Not `sized`: it holds one of everything."""
    told = []
    if sized and weighed.bytes > WEIGHT_AT_MOST:
        told.append(f"{weighed.bytes / KIB:.0f} KiB come over the wire: {weighed.by_url}")
    if sized and (nodes := page.evaluate("document.querySelectorAll('*').length")) > NODES_AT_MOST:
        told.append(f"{nodes} nodes")
    if page.evaluate("shifted") > WHILE_IT_ARRIVES:
        told += [f"something moved while the page arrived: {each}" for each in page.evaluate("shifts")]
    page.evaluate("shifts.length = 0")
    _poll(page)
    told += [f"something moved by itself: {each}" for each in page.evaluate("shifts")]
    return told + _not_by_keyboard(page)


def _poll(page: Page) -> None:
    """Its next poll at once, and as if something were new, so that the part is swapped."""
    if not page.evaluate(f"Boolean({_POLLING})"):
        return
    pattern = re.compile(r"[?&]seen=")

    def as_if_new(route: Route) -> None:
        route.continue_(url=re.sub(r"seen=[^&]*", "seen=older", route.request.url))

    page.route(pattern, as_if_new)
    with page.expect_response(pattern):
        page.evaluate(
            f"htmx.ajax('GET', {_POLLING}.getAttribute('hx-get'), {{source: {_POLLING}, swap: 'outerHTML'}})"
        )
    page.wait_for_function("document.querySelectorAll('.htmx-request, .htmx-swapping').length === 0")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.unroute(pattern)


def _not_by_keyboard(page: Page) -> list[str]:
    """What Tab does not reach, where it is caught, and where nobody sees that it is."""
    stops: list[str] = page.evaluate(_REACHABLE)
    page.evaluate("document.activeElement?.blur()")
    reached, unmarked = set[str](), []
    # A date has a stop for each of its parts, which the browser itself marks.
    dates = page.evaluate(f"document.querySelectorAll('{_DATES}').length")
    for _ in range(min(len(stops) + 8 * dates + 10, TABS_AT_MOST)):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        reached.add(focused["stop"])
        if not focused["marked"]:
            unmarked.append(focused["html"])
    missed = [html for number, html in enumerate(stops) if str(number) not in reached]
    return [f"Tab does not reach {html}" for html in missed] + [
        f"focus is not seen on {html}" for html in unmarked
    ]
