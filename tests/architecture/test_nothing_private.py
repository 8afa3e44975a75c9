"""No file that we publish names a registry, a folder of somebody's machine, or a secret."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import ROOT, files

# In pieces, or this file would be its own first finding.
PRIVATE = {
    "a package registry": re.compile(
        "|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs"))
    ),
    "a folder of one machine": re.compile(r"(?<![\w.}])/" + "(?:work/|root/|home/[a-z]|opt/wh)"),
    "an access key": re.compile(r"\bA(?:KIA|SIA)(?!\w*EXAMPLE)[0-9A-Z]{16}\b"),
    "a private key": re.compile("BEGIN (?:[A-Z]+ )?" + "PRIVATE KEY"),
}
TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".sh",
    ".cfg",
    ".ini",
    ".yml",
    "",
}


def private(text: str) -> list[str]:
    return [what for what, pattern in PRIVATE.items() if pattern.search(text)]


def test_no_published_file_tells_of_the_machine_it_was_made_on():
    found = {
        str(path): private((ROOT / path).read_text(encoding="utf-8"))
        for path in files()
        if path.suffix in TEXT and path.name != "test_nothing_private.py"
    }
    assert len(found) > 50
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("--index-url https://py" + "pi.org/simple", "a package registry"),
        ("open('/ho" + "me/ana/x')", "a folder of one machine"),
        ("AKIA" + "Q" * 16, "an access key"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
    ],
)
def test_each_private_thing_is_seen(text, what):
    assert private(text) == [what]
    assert private("AKIAIOSFODNN7EXAMPLE and https://example.org/work/") == []
