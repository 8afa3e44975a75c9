"""Imports what every process of the tests needs: once, in the server that they are forked from."""

from __future__ import annotations

import gc
import os
from importlib import import_module

import django

from keyconsole.kms.sdk import make_session

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

for name in (
    "keyconsole.worker.management.commands.worker",
    "tests.campaign.doomed_worker",
    "tests.changes.person_process",
    "tests.changes.worker_process",
    "tests.people.factors.using_process",
    "tests.people.dual_control.deciding_process",
    "tests.policies.agreeing_process",
    "tests.processes",
):
    import_module(name)

# The SDK reads its descriptions of services when it makes the first client of each, and keeps them.
for service in ("sts", "kms"):
    make_session().create_client(
        service, region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="none"
    ).close()
gc.freeze()
