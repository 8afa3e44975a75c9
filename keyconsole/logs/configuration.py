"""Where log lines go: standard error, in one look, for the web server, workers and commands alike."""

from __future__ import annotations

from typing import Any


def configuration(*, look: str, level: str) -> dict[str, Any]:
    """As `logging.config.dictConfig` takes it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"facts": {"()": "keyconsole.logs.about.WithFacts"}},
        "formatters": {"chosen": {"()": "keyconsole.logs.formats.formatter", "name": look}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "chosen", "filters": ["facts"]},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "keyconsole": {"level": level},
            # Its own handlers would say things twice, and what is answered with 4xx has its line already.
            "django": {"handlers": [], "level": "WARNING"},
            "django.request": {"level": "ERROR"},
            # What it tells may hold parts of an address, which are secrets; we tell what failed ourselves.
            "apprise": {"handlers": ["nowhere"], "propagate": False},
            # What it warns of names the address that it tries again.
            "urllib3": {"level": "ERROR"},
            # A traceback for each credential that fails; the scan and the page say which and why.
            "botocore.credentials": {"level": "CRITICAL"},
        },
    }
