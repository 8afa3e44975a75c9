from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "keyconsole.notifications"

    def ready(self) -> None:
        import_module("keyconsole.notifications.checks")
