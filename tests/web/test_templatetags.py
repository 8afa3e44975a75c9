"""The tags' words, icons and tones; what is read aloud equals what is drawn."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from keyconsole.web import statuses
from keyconsole.web.help.pattern_examples import portfolio
from keyconsole.web.keys.list import Cell
from keyconsole.web.templatetags.ids import shorten
from keyconsole.web.templatetags.times import duration

NOW = datetime(2026, 11, 23, 20, 31, 7, tzinfo=UTC)
KEY_ID = "mrk-4f8c2d9be7a1463f90b5d2c8e7f6a1b3"
ICONS = set(
    re.findall(
        r'symbol id="([^"]+)"', (Path(__file__).resolve().parents[2] / "static/icons.svg").read_text("utf-8")
    )
)
TABLES = (
    statuses.KEY_STATES,
    statuses.ROLES,
    statuses.CHANGE_STATES,
    statuses.OUTCOMES,
    statuses.DELIVERY_STATES,
    statuses.VISIBILITIES,
    statuses.CAUSES,
    statuses.CHECKS,
)


def draw(source: str, **context: Any) -> str:
    return Template("{% load ids pictures states times %}" + source).render(Context(context))


@pytest.mark.parametrize("table", TABLES)
def test_every_state_has_a_word_an_icon_that_exists_and_a_tone(table: dict[str, statuses.Style]):
    tones = {"ok", "moving", "attention", "danger", "unknown", "neutral", "accent"}
    assert all(look.word and look.icon in ICONS and look.tone in tones for look in table.values())


def test_a_state_is_a_word_an_icon_and_a_tone():
    drawn = draw("{% state_tag 'PendingDeletion' %}")
    assert "tone-danger" in drawn
    assert "#trash" in drawn
    assert "Pending deletion" in drawn
    assert 'data-value="PendingDeletion"' in drawn


@pytest.mark.parametrize("tag", ["state", "role", "change_state", "outcome", "visibility", "cause", "check"])
def test_a_value_from_the_future_is_shown_as_it_came(tag: str):
    drawn = draw(f"{{% {tag}_tag value %}}", value="<NewInAws>")
    assert "tone-unknown" in drawn
    assert "&lt;NewInAws&gt;</span>" in drawn


@pytest.mark.parametrize("nothing", ["", None])
def test_no_value_is_called_unknown(nothing: object):
    assert "unknown</span>" in draw("{% role_tag value %}", value=nothing)


def test_hyphens_are_underscores():
    assert "Out of band" in draw("{% cause_tag 'out-of-band' %}")


def test_roles_may_come_in_any_case():
    assert draw("{% role_tag 'primary' %}") == draw("{% role_tag 'PRIMARY' %}")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=4), "now"),
        (timedelta(seconds=42), "42 s ago"),
        (timedelta(minutes=3, seconds=59), "3 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=2), "2 d ago"),
        (timedelta(days=31), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-3), "in 3 min"),
    ],
)
def test_times_are_relative_with_the_exact_one_beside(before: timedelta, words: str):
    drawn = draw("{% ago at now=now %}", at=NOW - before, now=NOW)
    exact = (NOW - before).strftime("%Y-%m-%d %H:%M:%S UTC")
    assert f">{words}</time>" in drawn
    assert f'title="{exact}"' in drawn


def test_times_of_other_zones_are_told_in_utc():
    tokyo = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    assert ">2026-11-23 20:31:07 UTC</time>" in draw("{% utc at %}", at=tokyo)
    assert 'datetime="2026-11-23T20:31:07Z"' in draw("{% utc at %}", at=tokyo)


def test_what_never_happened_is_never():
    assert draw("{% ago at %} {% utc at %}", at=None) == "never never"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (12.4, "12 s"),
        (72, "1 min 12 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (timedelta(days=4, hours=2, minutes=7), "4 d 2 h"),
        (None, ""),
    ],
)
def test_durations_have_two_units_at_most(seconds: float | timedelta | None, words: str):
    assert duration(seconds) == words


def test_an_id_is_shortened_for_the_eye_and_whole_for_everyone_else():
    drawn = draw("{% short_id value %}", value=KEY_ID)
    assert ">mrk-4f8c…a1b3<" in drawn
    assert f'title="{KEY_ID}" aria-hidden="true"' in drawn
    assert f'printed">{KEY_ID}<' in drawn
    assert f'data-copy="{KEY_ID}"' in drawn


def test_an_id_that_would_hardly_get_shorter_stays_whole():
    assert shorten("mrk-12345678901", head=8, tail=4) == "mrk-12345678901"
    assert "…" not in draw("{% short_id 'CR-12' %}")
    assert "data-copy" not in draw("{% short_id 'CR-12' copy=False %}")


def test_ids_are_escaped():
    assert "<b>" not in draw("{% short_id value %}{% full_id value %}", value='"><b>' * 9)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ("'PRIMARY' 'Enabled'", "cell present primary", "Primary, Enabled"),
        ("'REPLICA' 'Enabled'", "cell present replica", "Replica, Enabled"),
        ("'REPLICA' 'Disabled'", "mark replica tone-attention", "Replica, Disabled"),
        ("'PRIMARY' 'Updating'", "mark primary tone-moving", "Primary, Updating"),
        ("'REPLICA' '' 'denied'", "mark unknown tone-unknown", "Replica, denied"),
        ("'' '' 'unreachable'", "mark unknown tone-unknown", "Unreachable"),
    ],
)
def test_a_matrix_cell_says_what_it_draws(arguments: str, kind: str, words: str):
    drawn = draw(f"{{% matrix_cell 'eu-west-1' {arguments} %}}")
    assert f'class="{kind}"' in drawn
    assert f'title="eu-west-1: {words}"' in drawn
    assert drawn.endswith(f"{words}</td>")


def test_a_cell_where_all_is_well_is_one_element():
    for arguments in ("'PRIMARY' 'Enabled'", "'REPLICA' 'Enabled'", ""):
        assert draw(f"{{% matrix_cell 'eu-west-1' {arguments} %}}").count("<") == 2


def test_no_key_is_an_empty_cell_that_says_so():
    drawn = draw("{% matrix_cell 'eu-west-1' %}")
    assert "mark" not in drawn
    assert "no key" in drawn


def test_regions_without_the_key_that_stand_side_by_side_are_one_cell():
    cells = [Cell("a"), Cell("b"), Cell("c", "PRIMARY", "Enabled"), Cell("d"), Cell("e", visibility="denied")]
    drawn = draw("{% matrix_cells cells %}", cells=cells)
    assert drawn.count("<td") == 4
    assert drawn.startswith('<td class="cell" colspan="2">no key</td><td class="cell present primary"')


def test_a_region_head_counts_its_primaries():
    assert 'title="Ireland: 1 primary"' in draw("{% region_head 'eu-west-1' primaries=1 %}")
    assert 'title="2 primaries"' in draw("{% region_head 'xx-new-1' primaries=2 %}")


def test_the_portfolio_shows_everything_without_inline_style_or_script():
    request = RequestFactory().get("/help/patterns/")
    drawn = render_to_string("patterns.html", portfolio(), request=request)
    assert " style=" not in drawn
    assert not re.search(r"<script(?![^>]*\bsrc=)", drawn)
    assert not re.search(r"\son\w+=", drawn)
    assert set(re.findall(r'icons[^"]*\.svg#([\w-]+)"', drawn)) <= ICONS


def test_each_picture_has_its_text():
    drawn = render_to_string("patterns.html", portfolio(), request=RequestFactory().get("/"))
    assert "Periods as a table" in drawn
    assert "Primaries and replicas by Region" in drawn
    assert "Changes in flight: us-east-1 to eu-west-1" in drawn
    assert "Not on the map: xx-future-1" in drawn
