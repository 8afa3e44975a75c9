"""A scan as pages show it: how far it is, what each Region answered, and where that was no answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from keyconsole.inventory.models import Outcome, RegionScan, Scan
from keyconsole.text import listed

REGIONS_NAMED = 3
# What a Region answered that is not an answer about keys, worst first.
_TROUBLE = {
    Outcome.FAILED: "failed in",
    Outcome.UNREACHABLE: "unreachable in",
    Outcome.DENIED: "denied in",
    Outcome.PARTIAL: "partly read in",
}
_NOT_ENDED = {Outcome.WAITING, Outcome.RUNNING}
# Worst first: what needs a look is not hidden behind what is well.
_ORDER = [
    Outcome.FAILED,
    Outcome.UNREACHABLE,
    Outcome.DENIED,
    Outcome.PARTIAL,
    Outcome.SEEN,
    Outcome.EMPTY,
    Outcome.RUNNING,
    Outcome.WAITING,
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What some Regions answered, and which."""

    outcome: str
    words: str
    regions: tuple[str, ...]

    @property
    def where(self) -> str:
        named = self.regions[:REGIONS_NAMED]
        more = len(self.regions) - len(named)
        return listed([*named, *([f"{more} more"] if more else [])], "and")

    @property
    def everywhere(self) -> str:
        return ", ".join(self.regions)


@dataclass(frozen=True, slots=True)
class ScanView:
    """A scan with its Regions, and how far it is."""

    scan: Scan
    regions: tuple[RegionScan, ...]

    @property
    def ended(self) -> int:
        return sum(part.outcome not in _NOT_ENDED for part in self.regions)

    @property
    def saw_anything(self) -> bool:
        """Whether its count of keys says anything: at least one Region could be read."""
        return any(part.was_read for part in self.regions)

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        counts = Counter(part.outcome for part in self.regions)
        return [(outcome.value, counts[outcome]) for outcome in _ORDER if counts[outcome]]

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is not an answer about keys, worst first, each with its Regions."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in self.regions:
            found[part.outcome].append(part.region)
        return tuple(
            Trouble(outcome.value, words, tuple(sorted(found[outcome])))
            for outcome, words in _TROUBLE.items()
            if found[outcome]
        )
