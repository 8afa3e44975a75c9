"""Setting up an account: nothing that was entered is removed, no scan tries it early, no right too many."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

SET_UP = (
    Mutation(
        "an account that was entered is removed from a page",
        "keyconsole/aws_accounts/register.py",
        ".filter(pk=account.pk, being_set_up=True)",
        ".filter(pk=account.pk)",
        ("tests/aws_accounts/test_remove_account.py",),
    ),
    Mutation(
        "an account that waits for its role is scanned by the clock",
        "keyconsole/inventory/scan/due.py",
        "        .exclude(being_set_up=True)\n",
        "",
        ("tests/web/accounts/test_set_up.py",),
    ),
    Mutation(
        "reading alone gives the right to move",
        "keyconsole/web/accounts/iam_role.py",
        '({"KeyConsoleMoves": moving} if moves else {})',
        '{"KeyConsoleMoves": moving}',
        ("tests/web/accounts/test_role_templates.py",),
    ),
    Mutation(
        "a Region that is denied passes for read",
        "keyconsole/aws_accounts/what_is_missing.py",
        "        return Lack.DENIED\n",
        "        return None\n",
        ("tests/aws_accounts/test_what_is_missing.py",),
    ),
)
