"""How an AWS account stands, in one sentence, and the one thing to do about it. Worst first. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from keyconsole.aws_accounts.models import AwsAccount
from keyconsole.inventory.models import Outcome
from keyconsole.web.accounts.scan_view import ScanView


class Next(StrEnum):
    TEST = "test"
    SCAN = "scan"
    ROLE = "role"
    WAIT = "wait"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class State:
    tone: str
    icon: str
    word: str
    sentence: str
    next: Next = Next.NOTHING


def state_of(account: AwsAccount, *, under_way: ScanView | None, last: ScanView | None) -> State:
    if account.being_set_up:
        return _being_set_up(account)
    if under_way:
        return _under_way(under_way)
    if account.tested_at is None and account.due_at is not None:
        return State("moving", "wait", "Being tested", "A worker tests the connection.", Next.WAIT)
    if problem := account.test_problem or (last.scan.problem if last else ""):
        return State("danger", "unplugged", "Cannot be entered", problem, Next.TEST)
    if not last:
        return State(
            "unknown", "question", "Never scanned", "Nobody has looked for keys here yet.", Next.SCAN
        )
    return _as_seen(last, missing=account.test_missing)


def _being_set_up(account: AwsAccount) -> State:
    if account.tested_at is None:
        return State(
            "moving", "wait", "Being set up", "A worker asks AWS who KeyConsole is there.", Next.WAIT
        )
    # Before AWS named whom the role has to trust, there is nothing to create either.
    to_do = Next.ROLE if account.own_identity else Next.TEST
    return State("attention", "clock", "Being set up", account.test_problem, to_do)


def _under_way(scan: ScanView) -> State:
    if not scan.regions:
        return State("moving", "wait", "Scan asked for", "The scan waits for a worker.", Next.WAIT)
    words = f"{scan.ended} of {len(scan.regions)} Regions read"
    return State("moving", "scan", "Scan under way", words, Next.WAIT)


def _as_seen(last: ScanView, *, missing: str) -> State:
    if found := last.troubles:
        told = "; ".join(f"{each.words} {each.where}" for each in found)
        sentence = f"{told[:1].upper()}{told[1:]}. What was seen there before stays, with its age."
        denied = any(each.outcome in {Outcome.DENIED, Outcome.PARTIAL} for each in found)
        return State("attention", "lock", "Not read everywhere", sentence, Next.ROLE if denied else Next.SCAN)
    if missing:
        return State("attention", "alert", "Works, in part", missing, Next.ROLE)
    regions, keys = len(last.regions), last.scan.keys_seen
    read = f"{regions} Region{'s' * (regions != 1)} read, {keys} Region key{'s' * (keys != 1)} seen."
    return State("ok", "check", "Works", read, Next.SCAN)
