"""Lines by which nobody gives power alone, or to themselves."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

CORE = "keyconsole/people/dual_control"
OF = "tests/people/dual_control"

POWER = (
    Mutation(
        "somebody proposes what gives power to themselves",
        f"{CORE}/may.py",
        "if name in kind.gainers(facts):",
        "if not name:",
        (f"{OF}/test_propose.py::test_nobody_gives_anything_to_themselves_neither_as_first_nor_as_second",),
    ),
    Mutation(
        "who gains by now agrees",
        f"{CORE}/may.py",
        "if not reasons and name in kind.gainers(proposal.facts):",
        "if not reasons and not name:",
        (f"{OF}/test_agree.py::test_a_person_who_would_gain_and_decides_by_now_does_not_agree",),
    ),
    Mutation(
        "who proposed what gives power agrees to it",
        f"{CORE}/may.py",
        "if person.pk == proposal.proposer_id:",
        "if person.pk is None:",
        (f"{OF}/test_propose.py::test_who_proposes_does_not_agree",),
    ),
    Mutation(
        "who proposed it and gains by now has it done",
        f"{CORE}/end.py",
        "if proposer in kind.gainers(proposal.facts):",
        "if not proposer:",
        (f"{OF}/test_agree.py::test_who_gains_is_asked_again_when_somebody_agrees",),
    ),
    Mutation(
        "what nobody stands behind any more is done",
        f"{CORE}/end.py",
        "if proposer not in kind.deciders(proposal.facts):",
        "if not proposer:",
        (f"{OF}/test_agree.py::test_with_nobody_behind_it_any_more_it_ends_at_the_click_and_is_recorded",),
    ),
    Mutation(
        "one acts alone although there once was a second",
        f"{CORE}/alone.py",
        "set(deciders_ever) <= {person.username}",
        "bool(deciders_ever)",
        (f"{OF}/test_alone.py",),
    ),
    Mutation(
        "an administrator who lost the role is forgotten",
        f"{CORE}/alone.py",
        '        *entries.order_by().values_list("subject", flat=True).distinct(),\n',
        "",
        (f"{OF}/test_alone.py",),
    ),
    Mutation(
        "power is given by a hash that nobody read",
        "keyconsole/people/agreed_hash.py",
        "if sha256 != proposal.sha256:",
        "if not sha256:",
        (f"{OF}/test_agree.py::test_the_hash_of_another_proposal_agrees_to_nothing",),
    ),
    Mutation(
        "an account that is gone turns into all accounts",
        f"{CORE}/kinds/grant_role.py",
        'if facts["account_id"] and account is None:  # gone since: never in all accounts instead',
        'if not facts["role"]:',
        (f"{OF}/test_agree.py::test_an_account_that_is_gone_never_turns_into_all_accounts",),
    ),
    Mutation(
        "one proposal lifts a later freeze",
        "keyconsole/policies/schedule/lifting.py",
        "return held if held and facts_of(held) == facts else None",
        "return held",
        ("tests/web/policies/test_freeze.py::test_a_proposal_to_lift_one_freeze_lifts_no_later_one",),
    ),
    Mutation(
        "freezing everything is clicked and not typed",
        "keyconsole/web/policies/freeze_forms.py",
        "if typed != TYPED:",
        "if not typed:",
        ("tests/web/policies/test_freeze.py::test_freezing_is_typed_and_not_clicked",),
    ),
    Mutation(
        "everybody reads what would give power",
        f"{CORE}/sight.py",
        "return proposal if is_theirs or _decides(seen_by, proposal) else None",
        "return proposal",
        ("tests/web/access_proposals/test_proposals.py::test_for_everybody_else_it_does_not_exist",),
    ),
)
