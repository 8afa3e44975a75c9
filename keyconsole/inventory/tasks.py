"""What the worker runs for scans. A task that comes twice finds its scan claimed and does nothing."""

from __future__ import annotations

from django_tasks import task

from keyconsole.inventory import scanning
from keyconsole.inventory.models import Scan


@task(queue_name="scans")
def scan_account(pk: int) -> None:
    if scan := Scan.objects.filter(pk=pk).first():
        scanning.run_scan(scan)
