"""Lines by which a person's word takes their proof, and what they may not see does not exist for them."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

PROOF = "keyconsole/people/proof.py"
OF_WORDS = ("tests/people/test_word_at_terminal.py",)
OF_PARTS = ("tests/changes/batches/test_part.py",)

PROOF_AND_SIGHT = (
    Mutation(
        "a wrong password proves a person",
        PROOF,
        "if known is None or not is_right or not known.is_active:",
        "if known is None or not known.is_active:",
        OF_WORDS,
    ),
    Mutation(
        "a disabled person acts at the terminal",
        PROOF,
        "if known is None or not is_right or not known.is_active:",
        "if known is None or not is_right:",
        OF_WORDS,
    ),
    Mutation(
        "an ended token proves a person",
        PROOF,
        "if token.ended_at is not None:",
        "if token.made_at is None:",
        ("tests/people/test_tokens.py::test_ended_it_proves_nothing_and_the_operator_may_end_it",),
    ),
    Mutation(
        "an emergency takes a token for the person",
        "keyconsole/people/at_terminal.py",
        'token = "" if file or by_password else _from_environment(TOKEN)',
        'token = "" if file else _from_environment(TOKEN)',
        ("tests/changes/cli/test_break_glass.py::test_a_token_is_no_proof_that_the_person_is_there",),
    ),
    Mutation(
        "a batch is approved by the hash of what somebody else sees",
        "keyconsole/changes/batches/decide.py",
        "if plan_sha256 != part_seen_by(by, batch).plan_sha256:",
        "if not plan_sha256:",
        OF_PARTS,
    ),
    Mutation(
        "a part of a batch holds what is not seen",
        "keyconsole/changes/batches/part.py",
        'planned = [line for line in batch.plan["lines"] if line["change"] in refs]',
        'planned = [line for line in batch.plan["lines"] if refs]',
        OF_PARTS,
    ),
    Mutation(
        "every policy is there for everybody",
        "keyconsole/policies/versions/horizon.py",
        "return self.everywhere or bool(covered_accounts(rules.applies_to, self.accounts))",
        "return bool(rules)",
        ("tests/web/test_hidden_things_do_not_exist.py",),
    ),
)
