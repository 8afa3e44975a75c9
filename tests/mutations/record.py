"""Lines by which nobody touches the record unseen."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

VERIFIER = "keyconsole/audit/verifier.py"
OF_CHECK = ("tests/audit/test_check.py",)

RECORD = (
    Mutation(
        "a number that is missing in the record is not noticed",
        VERIFIER,
        "if number != tree.size + 1:",
        "if number < tree.size:",
        OF_CHECK,
    ),
    Mutation(
        "which entry came before an entry can be rewritten",
        VERIFIER,
        'if entry["previous"] != self.previous:',
        'if not entry["previous"]:',
        OF_CHECK,
    ),
    Mutation(
        "an entry that was changed is not noticed",
        VERIFIER,
        "if has is not None and has != node:",
        "if has is not None and not node:",
        OF_CHECK,
    ),
    Mutation(
        "a record made anew is not noticed",
        VERIFIER,
        "if signed_roots != {tree.root()}:",
        "if not signed_roots:",
        OF_CHECK,
    ),
    Mutation(
        "a tail that was cut off is not noticed",
        VERIFIER,
        "if longest > size else",
        "if longest > size + longest else",
        OF_CHECK,
    ),
    Mutation(
        "pages show what was not written",
        "keyconsole/audit/verification.py",
        "if not _shows_what_was_written(row, leaf, material):",
        "if not row:",
        ("tests/audit/test_write_once.py",),
    ),
    Mutation(
        "the record can be changed by a hole in the program",
        "keyconsole/audit/migrations/0002_exact_bytes.py",
        "migrations.RunPython(close, open_again),",
        "",
        ("tests/audit/test_write_once.py",),
    ),
)
