from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "keyconsole.web"

    def ready(self) -> None:
        from keyconsole import checks  # noqa: F401, PLC0415
        from keyconsole.web import form_words, reauthentication, sign_in  # noqa: PLC0415

        form_words.use_our_words()
        sign_in.connect()
        reauthentication.connect()
