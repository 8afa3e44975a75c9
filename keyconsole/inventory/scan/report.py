"""What the terminal says about scans: a table for people, or values for JSON. Reads only the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keyconsole.inventory.models import Outcome, RegionScan, Scan, ScanState

_HEADINGS = ("ACCOUNT", "REGION", "OUTCOME", "KEYS", "CALLS", "SECONDS")


def as_values(scan: Scan) -> dict[str, Any]:
    parts = list(scan.region_scans.all())
    return {
        "account": scan.account.account_id,
        "name": scan.account.name,
        "state": scan.state,
        "depth": scan.depth,
        "problem": scan.problem,
        "seconds": scan.took.total_seconds() if scan.took else None,
        "keys": scan.keys_seen,
        "calls": dict(sorted(scan.calls.items())),
        "denied": [part.region for part in parts if part.outcome == Outcome.DENIED],
        "unreachable": [part.region for part in parts if part.outcome == Outcome.UNREACHABLE],
        "keys_denied": sum(part.keys_denied for part in parts),
        "regions": [_part_values(part) for part in parts],
    }


def as_table(scans: Sequence[Scan]) -> str:
    """A line a Region, then the sentences of what went wrong."""
    lines = [_HEADINGS, *(line for scan in scans for line in _lines(scan))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    table = ["  ".join(_aligned(line, widths)).rstrip() for line in lines]
    return "\n".join([*table, *_problems(scans)])


def _part_values(part: RegionScan) -> dict[str, Any]:
    return {
        "region": part.region,
        "outcome": part.outcome,
        "keys": part.keys_seen if part.was_read else None,
        "keys_denied": part.keys_denied,
        "calls": part.calls,
        "seconds": _seconds(part),
        "problem": part.problem,
    }


def _lines(scan: Scan) -> list[tuple[str, ...]]:
    name = scan.account.name
    parts = [
        (name, part.region, part.outcome, _keys(part), str(part.calls), _shown(_seconds(part)))
        for part in scan.region_scans.all()
    ]
    seconds = scan.took.total_seconds() if scan.took else None
    total = (name, "all", scan.state, str(scan.keys_seen), str(sum(scan.calls.values())), _shown(seconds))
    return [*parts, total]


def _keys(part: RegionScan) -> str:
    return str(part.keys_seen) if part.was_read else "?"


def _problems(scans: Sequence[Scan]) -> list[str]:
    sentences = []
    for scan in scans:
        if scan.problem and scan.state != ScanState.FINISHED:
            sentences.append(f"{scan.account.name}: {scan.problem}")
        sentences += [
            f"{scan.account.name} {part.region}: {part.problem}"
            for part in scan.region_scans.all()
            if part.problem
        ]
    return ["", *sentences] if sentences else []


def _aligned(line: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        text.ljust(width) if column < 3 else text.rjust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]


def _seconds(part: RegionScan) -> float | None:
    if part.started_at is None or part.finished_at is None:
        return None
    return round((part.finished_at - part.started_at).total_seconds(), 3)


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"
