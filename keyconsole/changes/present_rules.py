"""What the rules of this day say of a change that was asked for under those of another day. Pure.

The gate asks both, and the stricter holds: a policy that is tightened or frozen stops what waits, and one
that is loosened lets nothing through that was asked for before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from keyconsole.changes.models import Change
from keyconsole.policies.document.rules import Rules
from keyconsole.policies.document.ticket_pattern import ticket_fits
from keyconsole.policies.governing.match import Governing
from keyconsole.policies.models import PolicyVersion
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason


@dataclass(frozen=True, slots=True)
class Present:
    """The rules that govern a change's move now, and what they say of it besides who has to agree."""

    rules: Rules
    source: str  # the version that says so; empty where no policy names the move
    holds: str  # the beginning of a sentence: what holds, and since when
    unclear: tuple[Reason, ...]  # why nobody can tell what they are
    refused: tuple[Reason, ...]  # why it could not be asked for today

    def asks_for(self, words: str) -> str:
        return f"{self.holds} asks for {words}."

    @property
    def alike(self) -> tuple[object, ...]:
        """Equal for two changes of which they say the same."""
        return (self.source, self.unclear, self.refused)


def present_rules(change: Change, governing: Governing[PolicyVersion]) -> Present:
    """`governing`: as policies and the inventory stand now."""
    return Present(
        rules=governing.rules,
        source=str(governing.version or ""),
        holds=_holds(governing.version),
        unclear=_unclear(governing),
        refused=_refused(change, governing.rules),
    )


def about_the_region(rules: Rules, to_region: str) -> tuple[Reason, ...]:
    if not rules.allowed_regions or to_region in rules.allowed_regions:
        return ()
    sentence = f"The policy {rules.name} allows primaries in {', '.join(rules.allowed_regions)} only."
    return (Reason(Code.REGION_NOT_ALLOWED, sentence),)


def about_the_words(reason: str, ticket: str, rules: Rules) -> tuple[Reason, ...]:
    """Where the reason or the ticket are not what the rules ask for."""
    reasons = []
    if not reason:
        sentence = "Say why: the reason stays in the record."
        reasons.append(Reason(Code.REASON_MISSING, sentence))
    elif len(reason) < rules.reason_at_least:
        sentence = f"Policy {rules.name} asks for a reason of at least {rules.reason_at_least} characters."
        reasons.append(Reason(Code.REASON_TOO_SHORT, sentence))
    if not ticket_fits(rules.ticket_pattern, ticket):
        sentence = f"Policy {rules.name} asks for a ticket of the form {rules.ticket_pattern}."
        reasons.append(Reason(Code.TICKET_MISFIT, sentence))
    return tuple(reasons)


def _holds(version: PolicyVersion | None) -> str:
    if version is None:
        return "No policy names this move any more, and the default"
    since = version.decided_at or version.proposed_at
    return f"{version} holds since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC and"


def _unclear(governing: Governing[PolicyVersion]) -> tuple[Reason, ...]:
    """Also of an emergency, as when one is asked for: the doubt may be about who may use the path at all."""
    if governing.unread:
        return (Reason(Code.RULES_NOT_UNDERSTOOD, governing.unread),)
    if governing.doubt:
        return (Reason(Code.POLICY_IN_DOUBT, governing.doubt),)
    return ()


def _refused(change: Change, rules: Rules) -> tuple[Reason, ...]:
    """An emergency keeps to the allowed Regions; what its reason needs it says itself."""
    reasons = about_the_region(rules, change.to_region)
    if not change.is_emergency:
        reasons += about_the_words(change.reason, change.ticket, rules)
    return tuple(Reason(each.code, f"Today's rules stand against it. {each}") for each in reasons)
