from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from keyconsole.changes.models import Change
from keyconsole.changes.sweep import sweep
from tests.changes.conftest import run

pytestmark = pytest.mark.django_db


def waiting():
    return [task.task_path.rsplit(".", 1)[1] for task in DBTaskResult.objects.all()]


@pytest.fixture
def forget_tasks():
    return lambda: DBTaskResult.objects.all().delete()


def test_an_approved_change_whose_task_was_lost_is_enqueued_again_once(ask, clock, forget_tasks):
    ask()
    forget_tasks()
    sweep(now=clock())
    assert waiting() == []
    clock.pass_time(seconds=16)
    sweep(now=clock())
    sweep(now=clock())
    assert waiting() == ["execute"]


def test_a_claimed_change_is_taken_up_when_its_lease_is_over(ask, clock, forget_tasks):
    from keyconsole.changes.execution import execute

    execute._take(ask(), now=clock())
    forget_tasks()
    clock.pass_time(seconds=59)
    sweep(now=clock())
    assert waiting() == []
    clock.pass_time(seconds=2)
    sweep(now=clock())
    assert waiting() == ["execute"]


def test_a_settling_change_whose_look_was_lost_is_looked_at_again(ask, clock, kms, forget_tasks):
    kms.settle_seconds(600)
    run(ask(), clock)
    forget_tasks()
    sweep(now=clock())
    assert waiting() == []
    clock.pass_time(seconds=30)
    sweep(now=clock())
    assert waiting() == ["settle"]


def test_a_closed_change_is_left_alone(ask, clock, forget_tasks):
    run(ask(), clock)
    assert not Change.objects.open().exists()
    forget_tasks()
    clock.pass_time(hours=24)
    sweep(now=clock())
    assert waiting() == []
