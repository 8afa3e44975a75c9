"""Where a change stands, as steps: what was reached, what is waited for, and an end as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from keyconsole.audit.events import Event
from keyconsole.audit.log import record
from keyconsole.changes.models import Answer, Change
from keyconsole.changes.states import CLOSED, State
from tests.cast import Cast, Inventory
from tests.changes.actions.ready import emergency
from tests.changes.approvals.teams import hold_for_payments
from tests.web.stories import ask, called, put_in

pytestmark = pytest.mark.django_db
URL = "/changes/CR-1/"
SETTLED = ["+Asked", "+Agreed", "+Sent", "+Settling"]


@pytest.fixture
def change(cast: Cast, inventory: Inventory) -> Change:
    hold_for_payments(cast)
    return ask(cast.ana, inventory.card_vault, at=timezone.now())


def steps_of(client: Client) -> list[str]:
    """The words; what is past with a plus before it, where it stands in brackets."""
    marks = {(True, False): "+{}", (False, True): "[{}]", (False, False): "{}"}
    return [
        marks[step.is_past, step.is_current].format(step.word) for step in client.get(URL).context["steps"]
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("pending", ["+Asked", "[Agreed]", "Sent", "Settling", "Done"]),
        ("approved", ["+Asked", "+Agreed", "[Sent]", "Settling", "Done"]),
        ("executing", ["+Asked", "+Agreed", "[Sent]", "Settling", "Done"]),
        ("settling", ["+Asked", "+Agreed", "+Sent", "[Settling]", "Done"]),
        ("done", ["+Asked", "+Agreed", "+Sent", "+Settling", "[Done]"]),
    ],
)
def test_each_state_has_its_step(change: Change, as_ana: Client, state: str, words: list[str]) -> None:
    put_in(change, state, closed_at=timezone.now() if state in CLOSED else None)
    assert steps_of(as_ana) == words


@pytest.mark.parametrize(
    ("before", "answer", "end", "words"),
    [
        ("pending", None, "rejected", ["+Asked", "[Rejected]"]),
        ("pending", None, "expired", ["+Asked", "[Expired]"]),
        ("approved", None, "expired", ["+Asked", "+Agreed", "[Expired]"]),
        ("pending", None, "cancelled", ["+Asked", "[Cancelled]"]),
        ("executing", None, "stale", ["+Asked", "+Agreed", "[Stale]"]),
        ("executing", Answer.NOT_SENT, "not_applied", ["+Asked", "+Agreed", "[Not applied]"]),
        ("executing", Answer.REFUSED, "not_applied", ["+Asked", "+Agreed", "+Sent", "[Not applied]"]),
        ("settling", Answer.LOST, "not_applied", [*SETTLED, "[Not applied]"]),
        ("settling", Answer.LOST, "unknown", [*SETTLED, "[Closed as unknown]"]),
    ],
)
def test_an_end_that_is_not_done_is_the_last_step_after_what_was_reached(
    change: Change, as_ana: Client, before: str, answer: Answer | None, end: str, words: list[str]
) -> None:
    now = timezone.now()
    if answer:
        called(change, answer, at=now)
    put_in(change, end, closed_at=now)
    record(
        Event.CHANGE_EXPIRED, actor="worker", subject=change.ref, now=now, data={"from": before, "to": end}
    )
    assert steps_of(as_ana) == words


def test_every_end_has_its_last_step_where_the_record_says_nothing(change: Change, as_ana: Client) -> None:
    for end in CLOSED - {State.DONE}:
        put_in(change, end, closed_at=timezone.now())
        assert steps_of(as_ana)[0] == "+Asked"
        assert steps_of(as_ana)[-1].startswith("[")
        assert len(steps_of(as_ana)) == 2


def test_one_person_confirmed_and_an_emergency_skipped(
    cast: Cast, inventory: Inventory, as_ana: Client
) -> None:
    change = ask(cast.ana, inventory.card_vault, at=timezone.now())
    assert steps_of(as_ana)[1] == "+Confirmed"
    Change.objects.filter(pk=change.pk).update(state="done", closed_at=timezone.now() - timedelta(days=1))
    assert steps_of(as_ana)[1] == "+Confirmed"


def test_what_an_emergency_skipped_is_no_agreement(cast: Cast, inventory: Inventory, as_ana: Client) -> None:
    emergency(cast, inventory)
    assert steps_of(as_ana)[1] == "+Approval skipped"


def test_the_step_is_told_to_who_cannot_see_it(change: Change, as_ana: Client) -> None:
    content = as_ana.get(URL).content.decode()
    assert content.count('aria-current="step"') == 1
    assert '<ol class="stepper" aria-label="Where it stands">' in content
