"""What the one stylesheet promises: size, contrast in light and dark, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
CSS = (STATIC / "keyconsole.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
TONES = ("ok", "moving", "attention", "danger", "unknown", "accent")
TEXTS = [
    *(
        (text, ground)
        for text in ("text", "text-soft", "accent-text")
        for ground in ("canvas", "surface", "sunken")
    ),
    *(
        (f"{tone}-text", ground)
        for tone in TONES
        for ground in ("canvas", "surface", "sunken", f"{tone}-soft")
    ),
]
MARKS = [(tone, ground) for tone in (*TONES, "field-line") for ground in ("canvas", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text: str, ground: str, scheme: int):
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_told_from_the_ground(mark: str, ground: str, scheme: int):
    assert contrast(TOKENS[mark][scheme], TOKENS[ground][scheme]) >= 3


def test_the_stylesheet_and_the_script_stay_small():
    assert len(CSS.splitlines()) <= 1000
    assert len((STATIC / "keyconsole.js").read_text(encoding="utf-8").splitlines()) <= 80


def test_nothing_comes_from_elsewhere_and_nothing_is_a_gradient():
    assert "gradient(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS
    assert {name for name in re.findall(r'url\("([^"]+)"\)', CSS) if not (STATIC / name).is_file()} == set()


def test_every_used_token_exists():
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used <= defined


def test_no_mark_of_a_key_is_a_square():
    """Squares are checkboxes: a primary is a disc, a replica a ring, everywhere."""
    icons = (STATIC / "icons.svg").read_text(encoding="utf-8")
    for name in ("primary", "replica"):
        drawn = re.search(rf'<symbol id="{name}".*?</symbol>', icons)
        assert drawn
        assert "<circle" in drawn[0]
        assert "<rect" not in drawn[0]
    marks = re.findall(r"\.mark[^{}]*\{[^{}]*", CSS)
    assert [rule for rule in marks if re.search(r"border-radius: (?!50%)", rule)] == []
    assert any("border-radius: 50%" in rule for rule in marks)
