"""Templates: one name for partial and element, and nothing that the Content-Security-Policy forbids."""

from __future__ import annotations

import re

from tests.architecture.sources import read, under

PARTIAL = re.compile(
    r"{%\s*partialdef\s+(?P<name>[\w-]+)(?:\s+inline)?\s*%}(?P<follows>.*?)(?:{%\s*endpartialdef|\Z)",
    re.DOTALL,
)
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/json)", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx that runs text": re.compile(
        r"hx-on\b|hx-vals=[\"']js:|hx-trigger=[\"'][^\"']*every \w+ ?\[", re.IGNORECASE
    ),
    "an address elsewhere": re.compile(r"(?:src|srcset|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}


INCLUDE = re.compile(r"{%\s*include\s+\"([^\"]+)\"[^%]*%}")


def misnamed_partials(text: str) -> list[str]:
    ours = {str(path): path for path in under("templates", suffix=".html")}
    text = INCLUDE.sub(
        lambda found: read(f"templates/{found[1]}") if f"templates/{found[1]}" in ours else "", text
    )
    return [
        partial["name"]
        for partial in PARTIAL.finditer(text)
        if f'id="{partial["name"]}"' not in partial["follows"]
    ]


def forbidden(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_a_partial_is_named_like_its_element():
    found = {str(path): misnamed_partials(read(path)) for path in under("templates", suffix=".html")}
    assert {path: names for path, names in found.items() if names} == {}
    assert misnamed_partials('{% partialdef rows inline %}\n<section class="x" id="table">') == ["rows"]
    assert misnamed_partials('{% partialdef rows inline %}\n<section class="x" id="rows">') == []


def test_no_template_needs_an_unsafe_policy():
    found = {str(path): forbidden(read(path)) for path in under("templates", suffix=".html")}
    assert len(found) > 5
    assert {path: what for path, what in found.items() if what} == {}


def test_each_forbidden_thing_is_seen():
    samples = (
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<script>go()</script>",
        '<a href="javascript:go()">',
        '<div hx-trigger="every 2s [visible]">',
        '<img src="https://example.org/x.png">',
    )
    assert [forbidden(sample) for sample in samples] == [[what] for what in FORBIDDEN]
    assert forbidden('<script src="/static/x.js" defer></script><a href="https://example.org/">x</a>') == []
