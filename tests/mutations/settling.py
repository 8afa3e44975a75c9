"""Promises about true ends, closing as unknown, restored backups and what is let go of."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

OUTCOME = "keyconsole/changes/kinds/update_primary_region/outcome.py"
OF_OUTCOME = ("tests/changes/kinds/update_primary_region/test_outcome.py",)

SETTLING = (
    Mutation(
        "a lost answer is given up before looks have agreed for long",
        OUTCOME,
        "if call.looks_suffice and _all_name(primary, required) and (call.said",
        "if (call.said",
        OF_OUTCOME,
    ),
    Mutation(
        "a yes is followed by not applied, because reads were stale for long",
        OUTCOME,
        "_all_name(primary, required) and (call.said != Said.YES or call.was_seen):",
        "_all_name(primary, required):",
        OF_OUTCOME,
    ),
    Mutation(
        "a move ends as done while the old primary still is Updating",
        OUTCOME,
        "        if old.state in UNSETTLED:\n",
        "        if old.gone and old.state in UNSETTLED:\n",
        OF_OUTCOME,
    ),
    Mutation(
        "a power cut loses that a call was about to be sent",
        "keyconsole/settings.py",
        "PRAGMA synchronous=FULL;",
        "PRAGMA synchronous=NORMAL;",
        ("tests/changes/execution/test_durable.py",),
    ),
    Mutation(
        "a change is closed as unknown by one person",
        "keyconsole/changes/authorization.py",
        "elif closing.asked_by_id == person.pk:",
        "elif not closing.asked_by_id:",
        ("tests/changes/execution/test_close.py",),
    ),
    Mutation(
        "a change is closed while a worker looks at it",
        "keyconsole/lease.py",
        'idle = _as_read(row).filter(models.Q(lease="") | models.Q(due_at__lte=now))',
        "idle = _as_read(row)",
        ("tests/changes/execution/test_close.py",),
    ),
    Mutation(
        "a look that showed something new is let go of with the equal ones",
        "keyconsole/changes/execution/thin_out.py",
        "yield from numbers[1:-1]",
        "yield from numbers[1:]",
        ("tests/worker/test_thin_out.py",),
    ),
    Mutation(
        "a restored backup runs what it holds as approved",
        "keyconsole/worker/restored.py",
        "not Entry.objects.filter(number=noted.number, sha256=noted.sha256).exists()",
        "not Entry.objects.filter(number__lte=noted.number).exists()",
        ("tests/worker/test_restored.py",),
    ),
    Mutation(
        "time that nobody watched counts as watched",
        "keyconsole/changes/execution/looks.py",
        "min(max(times[-1] - looked_at, timedelta(0)), GAP_COUNTS_FOR_AT_MOST)",
        "times[-1] - looked_at",
        (
            "tests/changes/execution/test_settle.py::test_a_clock_that_is_set_on_does_not_count_as_having_watched",
        ),
    ),
)
