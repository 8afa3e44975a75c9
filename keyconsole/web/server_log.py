"""gunicorn's own lines, in the look of all others. `gunicorn --logger-class` takes it by name as well."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from gunicorn.glogging import Logger

from keyconsole.logs.about import WithFacts
from keyconsole.logs.formats import formatter


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(settings.KEYCONSOLE_LOG_FORMAT))
            handler.addFilter(WithFacts())
