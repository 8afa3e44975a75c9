"""UpdatePrimaryRegion: a replica and the primary swap their roles. Shows where each of its answers stands."""

from __future__ import annotations

from keyconsole.changes.kinds.update_primary_region import aws_refusals, effect, outcome, preflight
from keyconsole.changes.kinds.update_primary_region import call as the_call
from keyconsole.changes.kinds.update_primary_region import plan as the_plan
from keyconsole.changes.kinds.update_primary_region import words as the_words
from keyconsole.changes.models import KindName


class UpdatePrimaryRegion:
    name = KindName.UPDATE_PRIMARY_REGION
    operation = the_plan.OPERATION
    words = the_words.WORDS

    plan = staticmethod(the_plan.plan_for)
    differences = staticmethod(the_plan.differences)
    already_so = staticmethod(the_plan.already_so)
    preflight = staticmethod(preflight.preflight)

    call = staticmethod(the_call.call)
    may_have_happened = staticmethod(the_call.may_have_happened)
    explain = staticmethod(aws_refusals.explain)

    judge = staticmethod(outcome.judge_change)
    keep = staticmethod(effect.keep)
    role_after = staticmethod(effect.role_after)

    title = staticmethod(the_words.title)
    subject = staticmethod(the_words.subject)
