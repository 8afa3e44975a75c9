"""A worker that cannot send a message says so in the log, and never where it was to go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from keyconsole.notifications.models import Delivery
from keyconsole.worker.lanes import lanes
from keyconsole.worker.pool import Pool
from tests.logs.captured import captured
from tests.notifications.conftest import Receiver, make_route, tell
from tests.patience import PATIENCE, wait_until


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_no_address_of_a_message_is_in_the_log_of_a_worker_that_cannot_send_it(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = "Secret-in-no-line"
    monkeypatch.setenv("KEYCONSOLE_NOTIFY_DESK", f"{receiver.address}/{hidden}?token={hidden}")
    monkeypatch.setenv("KEYCONSOLE_NOTIFY_DESK_SECRET", hidden)
    receiver.answers.append(500)
    make_route("hook")
    make_route("desk", kind="apprise", secret_env="")
    now = timezone.now()
    tell(now=now - timedelta(seconds=1))
    with captured() as seen:
        [lane] = [lane for lane in lanes(threads=1, clock=timezone.now) if lane.name == "notifications"]
        pool = Pool(lane, poll=0.05, clock=timezone.now)
        pool.start()
        wait_until(lambda: not Delivery.objects.filter(tries=0).exists(), what="both are tried")
        wait_until(lambda: seen.text.count("Took a step.") >= 2, what="both steps are told")
        pool.stop()
        pool.join(seconds=PATIENCE)
    assert hidden not in seen.everything
    assert "T0KEN-in-the-path" not in seen.everything
    steps = [line for line in seen.objects("keyconsole.worker") if line["message"] == "Took a step."]
    references = {str(ref) for ref in Delivery.objects.values_list("ref", flat=True)}
    assert {line["delivery"] for line in steps} == references
    assert {line["lane"] for line in steps} == {"notifications"}
