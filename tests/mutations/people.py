"""Lines by which people come, go and hold what they hold: links, disabling, reviews, what the record says."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

PEOPLE, OF = "keyconsole/people", "tests/people"
LINK = f"{PEOPLE}/one_time_link.py"
OF_LINK = "tests/web/links/test_link.py"
FACTOR = f"{PEOPLE}/sso/second_factor.py"
OF_FACTOR = "tests/web/sso/test_second_factor.py"

OF_PEOPLE = (
    Mutation(
        "a person who was disabled goes on counting among those who agree",
        "keyconsole/policies/quorum/roster.py",
        "held = RoleGrant.objects.in_force().filter(person__is_active=True)",
        "held = RoleGrant.objects.in_force()",
        (
            (
                "tests/changes/approvals/test_approval_cases.py"
                "::test_an_approver_who_left_the_company_no_longer_counts"
            ),
        ),
    ),
    Mutation(
        "the last administrator can be ended",
        f"{PEOPLE}/administrators.py",
        "if can(person, Permission.ADMINISTER) and not administrators_left_without(person):",
        "if can(person, Permission.ADMINISTER) and not person.pk:",
        (f"{OF}/test_disable.py::test_of_two_who_disable_each_other_at_once_one_stays",),
    ),
    Mutation(
        "somebody gives themselves a role",
        f"{PEOPLE}/administrators.py",
        "if person.pk == by.pk:",
        "if person.pk is None:",
        (f"{OF}/test_assign.py::test_nobody_changes_their_own",),
    ),
    Mutation(
        "a link opens twice",
        LINK,
        "rows = OneTimeLink.objects.filter(pk=link.pk, used_at=None, withdrawn_at=None, expires_at__gt=now)",
        "rows = OneTimeLink.objects.filter(pk=link.pk, withdrawn_at=None, expires_at__gt=now)",
        (f"{OF}/test_invitations.py::test_it_is_used_once",),
    ),
    Mutation(
        "an expired link opens",
        LINK,
        "if link.expires_at <= now:",
        "if link.expires_at is None:",
        (f"{OF_LINK}::test_expired_withdrawn_unknown_and_none_are_told",),
    ),
    Mutation(
        "an empty claim leaves the groups that it no longer names",
        f"{PEOPLE}/sso/oidc/claims.py",
        "return Groups(GroupsAnswer.PRESENT if names else GroupsAnswer.EMPTY, kept)",
        "return Groups(GroupsAnswer.PRESENT if names else GroupsAnswer.ABSENT, kept)",
        ("tests/people/sso/test_claims.py",),
    ),
    Mutation(
        "a line of an access review that was removed keeps its role",
        f"{PEOPLE}/access_review/answer.py",
        "    take_role(line.person, Role(line.role), account, why=why, by=by, now=now)\n",
        "    Role(line.role)\n",
        (f"{OF}/access_review/test_campaign.py::test_removing_takes_the_role_or_the_membership_away",),
    ),
    Mutation(
        "somebody answers the line of an access review that is their own",
        f"{PEOPLE}/access_review/answer.py",
        "if line.person_id == person.pk:",
        "if line.person_id is None:",
        ("tests/web/access_review/test_review.py::test_ones_own_line_is_left_as_it_is",),
    ),
    Mutation(
        "an access review is answered by the sign-in alone",
        "keyconsole/web/access_review/review_views.py",
        "@requires(Permission.ADMINISTER, proof=Proof.FRESH, confirms=_answering)",
        "@requires(Permission.ADMINISTER)",
        ("tests/web/test_every_url.py::test_what_asks_for_a_fresh_proof_is_known_by_name",),
    ),
    Mutation(
        "an event of a page does not say by which proof",
        "keyconsole/audit/log.py",
        "data={**told_of_actor(each.actor, now=now), **each.data},",
        "data=dict(each.data),",
        ("tests/web/people/test_events_say_the_proof.py",),
    ),
    Mutation(
        "an event says the proof of somebody else",
        "keyconsole/audit/given_proof.py",
        "return told(acts.given(), now=now) if acts and acts.username == actor else {}",
        "return told(acts.given(), now=now) if acts and actor else {}",
        (
            (
                "tests/web/people/test_events_say_the_proof.py"
                "::test_nothing_is_said_of_another_who_stands_in_the_same_record"
            ),
        ),
    ),
    Mutation(
        "whatever single sign-on asked for is a second factor",
        FACTOR,
        "return not set(amr).isdisjoint(settings.KEYCONSOLE_OIDC_SECOND_FACTOR_AMR)",
        "return bool(amr)",
        (f"{OF_FACTOR}::test_without_the_claim_or_a_value_that_counts_he_reads_what_to_do",),
    ),
    Mutation(
        "a second factor at single sign-on goes on counting after the setting went",
        FACTOR,
        "return rows if counts_anything() else rows.none()",
        "return rows if rows.exists() else rows.none()",
        (f"{OF_FACTOR}::test_taken_from_the_setting_it_counts_no_more",),
    ),
    Mutation(
        "somebody takes the name by which the record calls what no person did",
        "keyconsole/aws_accounts/people.py",
        'if normalize("NFKC", username).casefold() == ITSELF:',
        'if normalize("NFKC", username) == "":',
        (
            (
                "tests/aws_accounts/test_given_at_terminal.py"
                "::test_nobody_is_added_under_a_name_that_the_record_or_another_has"
            ),
        ),
    ),
)
