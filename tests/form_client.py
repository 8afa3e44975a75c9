"""A client that sends forms as browsers send ours; Django's own would send multipart, which is refused."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils.http import urlencode

FORM = "application/x-www-form-urlencoded"


class FormClient(Client):
    def post(  # type: ignore[override]
        self, path: str, data: Any = None, content_type: str = FORM, **more: Any
    ) -> Any:
        if content_type == FORM and not isinstance(data, str | bytes):
            data = urlencode(data or {}, doseq=True)
        return super().post(path, data, content_type=content_type, **more)
