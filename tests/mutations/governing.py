"""Lines that keep a key under its policy: numbers, units, tags and aliases, and the way into its account."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

MATCH = "keyconsole/policies/governing/match.py"

GOVERNING = (
    Mutation(
        "an account falls under the policy that names what it is called",
        MATCH,
        "if selector.accounts and account_id not in selector.accounts:",
        "if selector.accounts and not account_id:",
        ("tests/policies/governing/test_match.py",),
    ),
    Mutation(
        "a name of which nobody knows what it meant means no account",
        MATCH,
        "accounts=() if _names_any(selector) else selector.accounts,",
        "accounts=selector.accounts,",
        ("tests/policies/governing/test_rename.py",),
    ),
    Mutation(
        "a tag that chose the rules is changed after the approval, and the move is sent",
        "keyconsole/policies/governing/selected_by.py",
        "if tags.get(name) != value",
        "if tags.get(name) == value == 0",
        ("tests/changes/execution/test_selected_by.py",),
    ),
    Mutation(
        "an alias that chose the rules is changed after the approval, and the move is sent",
        "keyconsole/policies/governing/selected_by.py",
        "if now != planned[",
        "if now == 0 != planned[",
        ("tests/changes/execution/test_selected_by.py",),
    ),
    Mutation(
        "an account whose place in the organisation is unknown is in no unit",
        MATCH,
        "units=() if subject.unit is None else selector.units,",
        "units=selector.units,",
        ("tests/policies/governing/test_match.py",),
    ),
    Mutation(
        "one administrator alone leads into an account by another role",
        "keyconsole/aws_accounts/register.py",
        "and needs_agreement(account, _changes(before, entered))",
        "and not account",
        ("tests/policies/account_edits/test_propose.py",),
    ),
    Mutation(
        "an edit that was overtaken is made",
        "keyconsole/policies/account_edits/end.py",
        "if was_changed(edit):",
        "if not edit.number:",
        ("tests/policies/account_edits/test_propose.py",),
    ),
)
