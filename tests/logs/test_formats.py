"""How a log line looks, to people and to programs."""

from __future__ import annotations

import logging
import re
import threading
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from keyconsole.environment import env_choice
from keyconsole.logs.about import about
from tests.logs.captured import captured

logger = logging.getLogger("keyconsole.tests")


def test_a_line_for_people_ends_with_what_it_is_about():
    with captured() as seen, about(lane="changes", change="CR-12"):
        logger.warning("Took %d steps.", 2, extra={"facts": {"milliseconds": 31}})
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING keyconsole\.tests Took 2 steps\. "
        r"\[milliseconds=31 lane=changes change=CR-12\]\n",
        seen.text,
    )


def test_a_line_for_programs_is_one_object_with_the_time_in_utc():
    before = datetime.now(UTC)
    with captured() as seen, about(change="CR-12"):
        logger.info("two\nlines")
    [line] = seen.objects()
    at = datetime.fromisoformat(line.pop("at"))
    assert abs((at - before).total_seconds()) < 60
    assert line == {
        "level": "INFO",
        "logger": "keyconsole.tests",
        "message": "two\nlines",
        "change": "CR-12",
    }


def test_what_broke_stands_on_the_one_line_too():
    with captured() as seen:
        try:
            int("no such luck")
        except ValueError:
            logger.exception("It broke.")
    [line] = seen.objects()
    assert line["message"] == "It broke."
    assert line["exc_info"].endswith("'no such luck'")


def test_nothing_is_written_of_what_others_hang_onto_a_line():
    with captured() as seen:
        logger.info("hello", extra={"request": object(), "params": ["s3cret"], "sql": "SELECT 's3cret'"})
    assert "s3cret" not in seen.everything
    assert set(seen.objects()[0]) == {"at", "level", "logger", "message"}


def test_what_a_line_is_about_ends_with_its_block_and_stays_in_its_thread():
    with captured() as seen:
        with about(change="CR-1"):
            with about(account="111122223333"):
                logger.info("inner")
            other = threading.Thread(target=logger.info, args=("other",))
            other.start()
            other.join()
            logger.info("outer")
        logger.info("after")
    facts = {
        line["message"]: {name for name in line if name in {"change", "account"}} for line in seen.objects()
    }
    assert facts == {"inner": {"change", "account"}, "other": set(), "outer": {"change"}, "after": set()}


def test_another_look_is_refused(monkeypatch: pytest.MonkeyPatch):
    for given, meant in (("", "line"), ("JSON", "json"), ("line", "line")):
        monkeypatch.setenv("KEYCONSOLE_LOG_FORMAT", given)
        assert env_choice("KEYCONSOLE_LOG_FORMAT", "line", "json") == meant
    monkeypatch.setenv("KEYCONSOLE_LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="KEYCONSOLE_LOG_FORMAT must be line or json, not 'xml'"):
        env_choice("KEYCONSOLE_LOG_FORMAT", "line", "json")
