"""Whether a policy lets its changes run at this moment, in a word and a tone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keyconsole.policies.document.rules import Rules
from keyconsole.policies.schedule.windows import may_run_at, next_opening


@dataclass(frozen=True, slots=True)
class RunsNow:
    word: str
    icon: str
    tone: str
    detail: str = ""
    opens_at: datetime | None = None


def runs_now(rules: Rules, now: datetime, *, frozen: bool = False) -> RunsNow:
    """`frozen`: whether everything is, whatever the policy says."""
    if frozen:
        return RunsNow("Frozen", "pause", "danger", "as everything is")
    verdict = may_run_at(rules, now)
    opens = None if verdict.allowed else next_opening(rules, now)
    if verdict.allowed:
        windows = any(window.active for window in rules.windows)
        return RunsNow("Window open" if windows else "Any time", "check", "ok" if windows else "neutral")
    if rules.frozen:
        return RunsNow("Frozen", "pause", "danger", rules.frozen)
    freezes = [span for span in rules.freezes if span.from_at <= now < span.to_at]
    if freezes:
        return RunsNow("Frozen", "pause", "danger", freezes[0].why, opens)
    return RunsNow("Window closed", "wait", "attention", "", opens)
