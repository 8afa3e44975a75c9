"""What a policy would change, beside the form in which it is being written. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from keyconsole.policies.document.compare import Comparison, differences
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.versions.horizon import horizon_of, misfits_for
from keyconsole.web.policies.editor import UNWRITTEN, Editor, Problem
from keyconsole.web.policies.impact import Impact, impact_of
from keyconsole.web.policies.says import says


@dataclass(frozen=True, slots=True)
class EffectBeside:
    """Without `rules` what is written cannot stand yet; then `problems` say why."""

    rules: Rules | None
    problems: Sequence[Problem] = ()
    sentence: str = ""
    differences: Sequence[Comparison] = ()
    impact: Impact | None = None
    reasons: Sequence[str] = ()  # why it could not be proposed

    @property
    def weaker(self) -> int:
        return self.impact.weaker if self.impact else 0


def effect_of(editor: Editor, held: Rules | None, *, person: User) -> EffectBeside:
    rules = editor.rules
    if rules is None:
        return EffectBeside(None, problems=editor.problems)
    return EffectBeside(
        rules,
        sentence=says(rules),
        differences=differences(held, rules) if held else (),
        impact=impact_of(rules.name or UNWRITTEN, rules, person=person),
        reasons=misfits_for(horizon_of(person), rules),
    )
