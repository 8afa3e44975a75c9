"""Lines by which what weighs takes a fresh proof, and a policy's second factor is more than a word."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

GUARDS = "keyconsole/web/guards.py"
REAUTHENTICATION = "keyconsole/web/reauthentication.py"
QUORUM = "keyconsole/changes/quorum.py"
OF_URLS = ("tests/web/test_every_url_asks_for_proof.py",)
OF_PROOF = ("tests/web/test_fresh_proof.py",)
OF_FACTOR = ("tests/changes/approvals/test_second_factor.py",)

FRESH_PROOF = (
    Mutation(
        "what a view declares is not asked for",
        GUARDS,
        "if confirms and needed and (asked := confirms(request, *args, **kwargs)):",
        "if confirms and not needed and (asked := confirms(request, *args, **kwargs)):",
        OF_URLS,
    ),
    Mutation(
        "a view that approves declares nothing of a proof",
        "keyconsole/web/changes/action_views.py",
        ', proof=Proof.FRESH, confirms=change_confirmed(actions.APPROVE, "approve {ref}"))',
        ")",
        ("tests/web/test_every_url.py",),
    ),
    Mutation(
        "a stale proof that passed the guard is taken by the verb",
        "keyconsole/audit/given_proof.py",
        "if proof and proof.stale:",
        "if proof and not proof.how:",
        ("tests/audit/test_given_proof.py",),
    ),
    Mutation(
        "the sign-in itself is a fresh proof",
        REAUTHENTICATION,
        'again = [record for record in records if record.get("reauthenticated")]',
        "again = records",
        (f"{OF_PROOF[0]}::test_the_sign_in_itself_is_no_proof",),
    ),
    Mutation(
        "the password is enough of who has a second factor",
        REAUTHENTICATION,
        'return [record for record in again if record["method"] == "mfa"]',
        "return again",
        (f"{OF_PROOF[0]}::test_where_there_is_a_second_factor_the_password_is_not_enough",),
    ),
    Mutation(
        "what waited for a proof goes on twice",
        REAUTHENTICATION,
        "request.session[SUSPENDED] = {name: each for name, each in waiting.items() if name != token}",
        "request.session[SUSPENDED] = waiting",
        (f"{OF_PROOF[0]}::test_it_goes_on_once",),
    ),
    Mutation(
        "a vote without a second factor is taken where the policy asks for one",
        QUORUM,
        "if not self.second_factor or (proof and proof.has_second_factor):",
        "if not self.second_factor or proof:",
        OF_FACTOR,
    ),
    Mutation(
        "a vote without a second factor counts at the gate",
        QUORUM,
        "votes = quorum.votes & quorum.proved if demand.second_factor else quorum.votes",
        "votes = quorum.votes",
        OF_FACTOR,
    ),
    Mutation(
        "who votes on such a policy needs no second factor",
        "keyconsole/policies/versions/votes.py",
        "if (proof and proof.has_second_factor) or not _wants_second_factor(version):",
        "if proof or not _wants_second_factor(version):",
        ("tests/policies/versions/test_second_factor.py",),
    ),
)
