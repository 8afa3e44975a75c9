"""When a change may run: change windows, planned freezes and standing ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from keyconsole.policies.document.opening import openings
from keyconsole.policies.document.rules import Rules
from keyconsole.refusal_codes import Code
from keyconsole.refusals import Reason, Verdict

# Two weeks of windows that never meet are given up.
_ROUNDS = 30


def may_run_at(rules: Rules, now: datetime, *, freeze: str = "") -> Verdict:
    """`freeze`: why everything is frozen, as `freezing.current()` says; empty where nothing is."""
    reasons = [Reason(Code.FROZEN, freeze)] if freeze else []
    if rules.frozen:
        reasons.append(Reason(Code.POLICY_FROZEN, f"The policy {rules.name} is frozen: {rules.frozen}"))
    reasons += [
        Reason(Code.POLICY_FROZEN, f"The policy {rules.name} is frozen until {_utc(span.to_at)}: {span.why}")
        for span in rules.freezes
        if span.from_at <= now < span.to_at
    ]
    if not _is_open(rules, now):
        opens = next_opening(rules, now)
        when = f" The next one opens {_utc(opens)}." if opens else ""
        sentence = f"No change window of the policy {rules.name} is open.{when}"
        reasons.append(Reason(Code.WINDOW_CLOSED, sentence))
    return Verdict(tuple(reasons))


def next_opening(rules: Rules, now: datetime) -> datetime | None:
    """The first moment from now on at which the rules let a change run; None where a freeze has no end.

    The freeze of everything has no planned end and is not looked at here.
    """
    if rules.frozen:
        return None
    moment: datetime | None = now
    # Each round goes past the end of one planned freeze at least.
    for _round in range(len(rules.freezes) + 1):
        moment = _next_open(rules, moment) if moment else None
        ends = [span.to_at for span in rules.freezes if moment and span.from_at <= moment < span.to_at]
        if not ends:
            return moment
        moment = max(ends)
    return moment


def next_common_opening(all_rules: Sequence[Rules], now: datetime) -> datetime | None:
    """The first moment at which each of them lets a change run; None where that cannot be told."""
    moment = now
    for _round in range(_ROUNDS):
        later = moment
        for rules in all_rules:
            opens = next_opening(rules, later)
            if opens is None:
                return None
            later = opens
        if later == moment:
            return moment
        moment = later
    return None


def _is_open(rules: Rules, now: datetime) -> bool:
    return _next_open(rules, now) == now


def _next_open(rules: Rules, now: datetime) -> datetime | None:
    """`now` where a window is open or there is none to wait for."""
    windows = [window for window in rules.windows if window.active]
    if not windows:
        return now
    ahead = (max(opens, now) for window in windows for opens, closes in openings(window, now) if closes > now)
    return min(ahead, default=None)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
