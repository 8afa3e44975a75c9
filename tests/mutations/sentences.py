"""Lines from which true sentences follow: told where sent, then where closed, unknown where looked."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

TOLD = "keyconsole/notifications/told.py"
PROGRESS = "keyconsole/changes/execution/progress.py"

SENTENCES = (
    Mutation(
        "a message that nobody sent yet is called sent",
        TOLD,
        "sent=by_state.get(DeliveryState.SENT, []),",
        "sent=[*by_state.get(DeliveryState.SENT, []), *by_state.get(DeliveryState.WAITING, [])],",
        ("tests/notifications/test_told.py",),
    ),
    Mutation(
        "who asks is told that others were told, whatever was sent",
        "keyconsole/web/make_primary/views.py",
        'return " ".join([f"{change.ref} waits for approval.", *told_of(change)])',
        'return f"{change.ref} waits for approval. Those who may give it have been told."',
        ("tests/web/make_primary/test_make_primary.py",),
    ),
    Mutation(
        "nobody is named who was not written to",
        TOLD,
        "if missed := sorted(set(meant) - written_to):",
        "if missed := sorted(set(meant) & written_to):",
        ("tests/notifications/test_told.py",),
    ),
    Mutation(
        "before anything was sent, every message arrived",
        "keyconsole/web/notifications/views.py",
        "{each.name: each.count for each in found}",
        "{each.name: each.count + 1 for each in found}",
        ("tests/web/notifications/test_notifications.py",),
    ),
    Mutation(
        "a plan is shown as what a look showed",
        PROGRESS,
        'role_now=observation.role if observation else "",',
        'role_now=observation.role if observation else before.get("role", ""),',
        ("tests/changes/execution/test_progress.py",),
    ),
    Mutation(
        "a look that failed is told as none",
        PROGRESS,
        'return "unknown" if observation.sight in {"", Sight.UNLOOKED} else observation.sight',
        'return "unlooked" if observation.sight in {"", Sight.UNLOOKED} else observation.sight',
        ("tests/web/changes/test_rounds.py",),
    ),
    Mutation(
        "what a closed change showed is called now",
        "keyconsole/web/pictures/move.py",
        'yield _seen("At the end" if self.is_done else "At the last look", side)',
        'yield _seen("Now", side)',
        ("tests/web/changes/test_change.py",),
    ),
    Mutation(
        "a Region without a replica is unknown",
        "keyconsole/web/make_primary/planned_move.py",
        'visibility="absent"',
        'visibility="unknown"',
        ("tests/web/make_primary/test_make_primary.py",),
    ),
    Mutation(
        "the number of keys in a Region that nobody could read is told as none",
        "keyconsole/inventory/models.py",
        "return self.outcome in {Outcome.SEEN, Outcome.EMPTY, Outcome.PARTIAL}",
        "return self.outcome not in {Outcome.WAITING, Outcome.RUNNING}",
        ("tests/web/accounts/test_account.py", "tests/inventory/scan/test_scan_command.py"),
    ),
    Mutation(
        "a key's alias finds less in the record than its id",
        "keyconsole/web/audit/about.py",
        "if not found.ids:",
        "if not found.ids or not term.key_id:",
        ("tests/web/audit/test_named_keys.py",),
    ),
    Mutation(
        "an alias of an account that somebody may not read names its key for them",
        "keyconsole/web/audit/list.py",
        "accounts = accounts_where(person, Permission.READ_AUDIT)\n    if wanted",
        "accounts = AwsAccount.objects.all()\n    if wanted",
        ("tests/web/audit/test_named_keys.py",),
    ),
)
