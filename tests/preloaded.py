"""Imports what every process of the tests needs: once, in the server that they are forked from."""

from __future__ import annotations

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

for name in (
    "keyconsole.worker.management.commands.worker",
    "tests.changes.person_process",
    "tests.changes.worker_process",
    "tests.policies.agreeing_process",
    "tests.processes",
):
    import_module(name)
