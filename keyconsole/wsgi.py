"""The web server's way in. Refuses to start what a system check calls an error."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keyconsole.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from keyconsole.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
