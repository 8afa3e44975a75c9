"""What the worker runs for scans. A task that comes twice finds its scan claimed and does nothing."""

from __future__ import annotations

from django_tasks import task

from keyconsole.inventory.models import Scan
from keyconsole.inventory.scan import run


@task(queue_name="scans")
def scan_account(pk: int) -> None:
    if scan := Scan.objects.filter(pk=pk).first():
        run.run_scan(scan)
