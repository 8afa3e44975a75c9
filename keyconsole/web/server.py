"""The pages in gunicorn, in this very process: no other `keyconsole` on the path can take its place."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from keyconsole.web.server_log import ServerLog


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, **chosen: Any) -> None:
        self.chosen = chosen
        super().__init__()

    def load_config(self) -> None:
        # Nobody asked for gunicorn's own socket in the home folder.
        for name, value in {"control_socket_disable": True, "logger_class": ServerLog, **self.chosen}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """In each worker process. Refuses what the system checks call an error."""
        from keyconsole.wsgi import application  # noqa: PLC0415

        return application
