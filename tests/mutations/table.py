"""The lines that carry the product's promises, each with a change that breaks it and who must notice.

`make mutations` makes each change in a copy of the checkout and demands that one of its tests fails there. A
line of the table that is no longer found in the code is a failure too: whoever rewrites such a line moves its
mutation along.
"""

from __future__ import annotations

from tests.mutations.fresh_proof import FRESH_PROOF
from tests.mutations.governing import GOVERNING
from tests.mutations.hardening import HARDENING
from tests.mutations.mutation import Mutation
from tests.mutations.people import OF_PEOPLE
from tests.mutations.power import POWER
from tests.mutations.proof_and_sight import PROOF_AND_SIGHT
from tests.mutations.record import RECORD
from tests.mutations.second_factors import SECOND_FACTORS
from tests.mutations.sentences import SENTENCES
from tests.mutations.set_up import SET_UP
from tests.mutations.settling import SETTLING
from tests.mutations.single_sign_on import SINGLE_SIGN_ON

QUORUM = "keyconsole/changes/quorum.py"
DECIDE = "keyconsole/changes/approvals/decide.py"
GATE = "keyconsole/changes/approvals/run_gate.py"
EXECUTE = "keyconsole/changes/execution/execute.py"
OUTCOME = "keyconsole/changes/kinds/update_primary_region/outcome.py"
TRANSITION = "keyconsole/changes/transition.py"
EMERGENCY = "keyconsole/changes/requests/break_glass.py"
LEASE = "keyconsole/lease.py"
GUARDS = "keyconsole/web/guards.py"


OF_QUORUM = ("tests/changes/approvals/test_requester_never_counts.py",)
OF_APPROVALS = "tests/changes/approvals/test_approve.py"
OF_EXECUTE = "tests/changes/execution/test_execute.py"
OF_SETTLE = "tests/changes/execution/test_settle.py"
OF_LOST_LEASE = "tests/changes/execution/test_lost_lease.py"
OF_OUTCOME = ("tests/changes/kinds/update_primary_region/test_outcome.py",)
OF_EMERGENCY = "tests/changes/requests/test_break_glass.py"
OF_LEASE = ("tests/worker/test_lease.py",)
OF_PRESENT_RULES = ("tests/changes/approvals/test_present_rules.py",)
OF_CLAIM = (f"{OF_EXECUTE}::test_the_gate_is_asked_again_in_the_claim_and_what_may_not_run_is_given_back",)

MUTATIONS = (
    # Who decides.
    Mutation(
        "the requester counts among those who agree",
        QUORUM,
        "frozenset(people - {requester})",
        "frozenset(people)",
        OF_QUORUM,
    ),
    Mutation(
        "who asked for a change votes on it",
        QUORUM,
        "if username == self.requester:",
        "if not username:",
        (f"{OF_APPROVALS}::test_the_requester_never_counts_in_whatever_group",),
    ),
    Mutation(
        "a vote for another plan counts",
        QUORUM,
        "change.approvals.not_withdrawn().filter(plan_sha256=change.plan_sha256)",
        "change.approvals.not_withdrawn()",
        (f"{OF_APPROVALS}::test_a_vote_for_another_plan_fills_no_place",),
    ),
    Mutation(
        "somebody approves a plan that they did not look at",
        DECIDE,
        "if plan_sha256 != change.plan_sha256:",
        "if not plan_sha256:",
        (f"{OF_APPROVALS}::test_another_plans_hash_approves_nothing",),
    ),
    Mutation(
        "a page opens without the permission that it asks for",
        GUARDS,
        "if not may:",
        "if may is None:",
        ("tests/web/test_guards.py",),
    ),
    Mutation(
        "who may only look may also change",
        GUARDS,
        "if permission is not Permission.VIEW and not can(person, permission, account):",
        "if not can(person, Permission.VIEW, account):",
        ("tests/web/test_guards.py",),
    ),
    Mutation(
        "a policy that asks for fewer people is not called weaker",
        "keyconsole/policies/document/compare.py",
        "return Bearing.WEAKER if held else Bearing.STRICTER",
        "return Bearing.STRICTER if held else Bearing.WEAKER",
        ("tests/policies/document/test_compare.py",),
    ),
    # When it may run.
    Mutation(
        "a claim does not ask the gate",
        EXECUTE,
        "if gate(change, now=now).decision != RunDecision.RUN:",
        "if gate(change, now=now) is None:",
        OF_CLAIM,
    ),
    Mutation(
        "too few approvals run",
        GATE,
        "if not quorum.met:",
        "if quorum is None:",
        (f"{OF_APPROVALS}::test_a_vote_that_no_longer_counts_is_noticed_before_it_runs",),
    ),
    Mutation(
        "who has to agree by today's rules is not asked",
        QUORUM,
        "if present is None or _meets(pinned, _demand(present.rules)):",
        "if present is None or rules:",
        OF_PRESENT_RULES,
    ),
    Mutation(
        "today's rules stand beside those of the request for nothing",
        QUORUM,
        "return (self.rules, self.present.rules) if self.present else (self.rules,)",
        "return (self.rules,)",
        OF_PRESENT_RULES,
    ),
    Mutation(
        "a policy that was loosened weakens what waits",
        QUORUM,
        "return (today,) if _meets(today, pinned) else (pinned, today)",
        "return (today,)",
        OF_PRESENT_RULES,
    ),
    Mutation(
        "an approval never expires",
        GATE,
        "if change.approval_expires_at and now >= change.approval_expires_at and not change.is_emergency:",
        "if change.is_emergency is None:",
        (f"{OF_APPROVALS}::test_an_approval_that_is_not_used_in_time_expires",),
    ),
    Mutation(
        "windows and freezes hold nothing back",
        GATE,
        "reasons += _time_reasons(change, quorum, now=now)",
        "reasons += ()",
        OF_CLAIM,
    ),
    Mutation(
        "the freeze of everything is not asked",
        "keyconsole/policies/schedule/windows.py",
        "[Reason(Code.FROZEN, freeze)] if freeze else []",
        "[]",
        OF_CLAIM,
    ),
    Mutation(
        "a change runs in the name of somebody who has left",
        GATE,
        "if can(requester, Permission.REQUEST, account):",
        "if can(requester, Permission.REQUEST, account) or account:",
        OF_CLAIM,
    ),
    Mutation(
        "a wave takes the quota that is left to everybody else",
        "keyconsole/changes/batches/waves.py",
        "all(used[place] < at_most for place in move.places)",
        "all(used[place] <= at_most for place in move.places)",
        ("tests/changes/batches/test_waves.py",),
    ),
    Mutation(
        "an overdue review leaves the emergency path open",
        EMERGENCY,
        "if overdue:",
        "if overdue and not overdue:",
        (f"{OF_EMERGENCY}::test_while_a_review_is_overdue_the_path_is_shut_for_that_person",),
    ),
    Mutation(
        "an emergency needs no fresh proof of who it is",
        "keyconsole/changes/requests/begin_emergency.py",
        "if reauthenticated_at is None or not timedelta(0) <= now - reauthenticated_at <= FRESH_FOR:",
        "if reauthenticated_at == now - FRESH_FOR * 100:",
        (f"{OF_EMERGENCY}::test_it_asks_for_a_fresh_proof_of_who_it_is",),
    ),
    Mutation(
        "a second emergency that nobody has reviewed the first of runs without another member",
        EMERGENCY,
        "if unreviewed := unreviewed_of(change.requester):",
        "if (unreviewed := unreviewed_of(change.requester)) and not unreviewed:",
        ("tests/changes/requests/test_emergency_agreement.py",),
    ),
    Mutation(
        "who uses the emergency path agrees to it as the other member",
        "keyconsole/changes/requests/emergency_agreement.py",
        "if person.pk == asked.used_by_id:",
        "if person.pk is None:",
        ("tests/changes/requests/test_emergency_agreement.py",),
    ),
    Mutation(
        "an emergency supersedes what a worker has begun",
        "keyconsole/changes/authorization.py",
        "return change.state in {State.PENDING, State.APPROVED}",
        "return change.state != State.DONE",
        ("tests/changes/requests/test_supersede.py",),
    ),
    # Who holds it.
    Mutation(
        "two take the same row",
        LEASE,
        "if rows.update(lease=token, due_at=until, **fields) != 1:",
        "if rows.update(lease=token, due_at=until, **fields) > 1:",
        OF_LEASE,
    ),
    Mutation(
        "what is not due is taken",
        LEASE,
        "seen = _as_read(row).filter(due_at__lte=now)",
        "seen = _as_read(row)",
        OF_LEASE,
    ),
    Mutation(
        "who lost the lease renews it",
        LEASE,
        "if _mine(row).update(due_at=until) != 1:",
        "if _mine(row).update(due_at=until) > 1:",
        OF_LEASE,
    ),
    Mutation(
        "who lost the lease writes",
        LEASE,
        "if not row.held or _mine(row).update(lease=row.held) != 1:",
        "if not row.held:",
        OF_LEASE,
    ),
    Mutation(
        "who never had the lease writes",
        LEASE,
        "if not row.held or _mine(row).update(lease=row.held) != 1:",
        "if row.held and _mine(row).update(lease=row.held) != 1:",
        OF_LEASE,
    ),
    Mutation(
        "a worker puts off what somebody wants sooner",
        LEASE,
        'if not _mine(row).filter(due_at=row.due_at).update(lease="", due_at=due_at):',
        'if not _mine(row).update(lease="", due_at=due_at):',
        OF_LEASE,
    ),
    Mutation(
        "a lease is anybody's",
        LEASE,
        "filter(pk=row.pk, lease=row.held)",
        "filter(pk=row.pk)",
        OF_LEASE,
    ),
    Mutation(
        "every worker looks at what another already looks at",
        "keyconsole/changes/execution/settle.py",
        "if change.state != State.SETTLING or not take(change, now=clock(), lasts=LEASE):",
        "if change.state != State.SETTLING or take(change, now=clock(), lasts=LEASE) is None:",
        (f"{OF_SETTLE}::test_of_two_workers_that_found_it_due_at_the_same_moment_one_looks",),
    ),
    Mutation(
        "one account gets all of the threads",
        "keyconsole/worker/claim.py",
        "if count >= self.free]",
        "if count >= self.threads]",
        ("tests/worker/test_claim.py",),
    ),
    # One step, one writer, one record.
    Mutation(
        "of two rivals both move a change",
        TRANSITION,
        "Change.objects.filter(pk=change.pk, state=before)",
        "Change.objects.filter(pk=change.pk)",
        ("tests/changes/requests/test_cancel.py::test_a_worker_that_was_faster_wins",),
    ),
    Mutation(
        "a worker that lost its lease moves a change",
        TRANSITION,
        "rows = rows.filter(lease=change.held)",
        "rows = rows.all()",
        (OF_LOST_LEASE,),
    ),
    Mutation(
        "a change ends without settling although AWS may have moved the key",
        TRANSITION,
        "rows = rows.filter(_NOTHING_MOVED)",
        "rows = rows.all()",
        (OF_LOST_LEASE,),
    ),
    Mutation(
        "what is in flight is moved by who does not hold it",
        TRANSITION,
        "if before in IN_FLIGHT and not change.held:",
        "if before in IN_FLIGHT and change.held is None:",
        (OF_LOST_LEASE,),
    ),
    Mutation(
        "an event is recorded apart from what it tells",
        "keyconsole/audit/log.py",
        "if not connection.in_atomic_block:",
        "if connection.in_atomic_block is None:",
        ("tests/audit/test_log.py",),
    ),
    # At most one call, of exactly the plan, and a true end.
    Mutation(
        "a plan that no longer holds is sent",
        EXECUTE,
        "if found := _differences(change, planned):",
        "if found := _differences(change, planned)[:0]:",
        (f"{OF_EXECUTE}::test_a_key_that_is_no_longer_as_planned_makes_it_stale_and_nothing_is_sent",),
    ),
    Mutation(
        "a call is made again after its worker was lost",
        EXECUTE,
        "if Attempt.objects.filter(change=change).exists():",
        "if Attempt.objects.filter(change=change).delete() is None:",
        (f"{OF_EXECUTE}::test_a_lost_worker_that_recorded_its_start_leaves_it_to_looking",),
    ),
    Mutation(
        "a call is made before it is recorded",
        EXECUTE,
        "    attempt = _commit_attempt(change, now=now)\n"
        "    answer = send(change, session, recorded_at=now, clock=clock)\n",
        "    answer = send(change, session, recorded_at=now, clock=clock)\n"
        "    attempt = _commit_attempt(change, now=now)\n",
        (f"{OF_EXECUTE}::test_a_worker_that_lost_its_lease_while_looking_does_not_send",),
    ),
    Mutation(
        "a worker that slept calls late",
        "keyconsole/changes/execution/call.py",
        "if clock() - recorded_at > SEND_WITHIN:",
        "if recorded_at is None:",
        (f"{OF_EXECUTE}::test_a_worker_held_up_after_recording_does_not_send_late",),
    ),
    Mutation(
        "the SDK sends a move again by itself",
        "keyconsole/kms/sessions.py",
        'write_client=lambda: self._clients.for_one_attempt("kms", region),',
        'write_client=lambda: self._clients.get("kms", region),',
        (
            "tests/kms/test_update_primary_region.py::test_a_move_whose_answer_is_lost_was_sent_once_and_is_unknown",
        ),
    ),
    Mutation(
        "unknown is taken for an answer",
        OUTCOME,
        "if unknown := [view.region for view in required if not view.readable and not view.gone]:",
        "if unknown := [view.region for view in required if not view.region]:",
        OF_OUTCOME,
    ),
    Mutation(
        "a move is done while another Region names the old primary",
        OUTCOME,
        "if behind := [view.region for view in required if _is_behind(view, to_region)]:",
        "if behind := [view.region for view in required if not view.region]:",
        OF_OUTCOME,
    ),
    *GOVERNING,
    *SECOND_FACTORS,
    *SETTLING,
    *SENTENCES,
    *OF_PEOPLE,
    *SET_UP,
    *POWER,
    *PROOF_AND_SIGHT,
    *HARDENING,
    *FRESH_PROOF,
    *SINGLE_SIGN_ON,
    *RECORD,
)
