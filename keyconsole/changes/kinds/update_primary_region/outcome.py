"""What a round of looks means for a change that was sent to AWS. Pure: the hardest rules, without a database.

*Unknown* never becomes an answer: a Region that cannot be read keeps the change settling.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.changes.kinds.parts import Judgement, Outcome, View
from keyconsole.changes.models import Change

ENABLED = "Enabled"
UNSETTLED = ("Updating", "Creating")


def judge_change(
    change: Change,
    views: Iterable[View],
    *,
    refused: bool,
    past_deadline: bool,
    not_required: frozenset[str],
) -> Judgement:
    return judge(
        views,
        from_region=change.from_region,
        to_region=change.to_region,
        refused=refused,
        past_deadline=past_deadline,
        not_required=not_required,
    )


def judge(
    views: Iterable[View],
    *,
    from_region: str,
    to_region: str,
    refused: bool,
    past_deadline: bool,
    not_required: frozenset[str] = frozenset(),
) -> Judgement:
    """`refused`: AWS said no to our call. `not_required`: other Regions, unreadable before the call too."""
    by_region = {view.region: view for view in views}
    old, new = by_region[from_region], by_region[to_region]
    required = [
        view
        for view in by_region.values()
        if view.region in {from_region, to_region} or (view.region not in not_required and not view.gone)
    ]
    if unknown := [view.region for view in required if not view.readable and not view.gone]:
        return Judgement(Outcome.WAIT, f"Cannot read {_listed(unknown)}: what holds there is unknown.")
    if new.role == "PRIMARY" and new.state not in UNSETTLED:
        if behind := [view.region for view in required if _is_behind(view, to_region)]:
            return Judgement(Outcome.WAIT, f"{_listed(behind)} does not name {to_region} as the primary yet.")
        already = f"{to_region} already was the primary when AWS got our call. " if refused else ""
        return Judgement(
            Outcome.DONE, f"{already}{to_region} was the primary in every Region{_but(old, new)}"
        )
    return _not_moved(old, new, required, refused=refused, past_deadline=past_deadline)


def _is_behind(view: View, to_region: str) -> bool:
    also_primary = view.role == "PRIMARY" and view.region != to_region
    return not view.gone and (view.names_primary != to_region or also_primary)


def _but(old: View, new: View) -> str:
    """What became of the two keys since: disabled, to be deleted or gone is another story than the move."""
    if old.state == new.state == ENABLED:
        return "; both keys were Enabled."
    told = [f"the key in {view.region} was {'gone' if view.gone else view.state}" for view in (old, new)]
    return f"; {' and '.join(told)}."


def _not_moved(
    old: View, new: View, required: list[View], *, refused: bool, past_deadline: bool
) -> Judgement:
    at_rest = all(view.state != "Updating" for view in required)
    primaries = [view.region for view in required if view.role == "PRIMARY"]
    if at_rest and len(primaries) == 1 and (refused or past_deadline):
        if primaries == [old.region] and old.state == ENABLED:
            return Judgement(Outcome.NOT_APPLIED, f"{old.region} still was the primary.")
        if primaries[0] not in {old.region, new.region}:
            return Judgement(
                Outcome.NOT_APPLIED, f"{primaries[0]} was the primary: somebody else had moved it."
            )
    if not primaries:
        return Judgement(
            Outcome.WAIT, "Moving: no Region calls itself primary for the moment, which is normal."
        )
    states = ", ".join(f"{view.region} is {view.role} and {view.state}" for view in (old, new))
    return Judgement(Outcome.WAIT, f"AWS is still at work: {states}.")


def _listed(regions: list[str]) -> str:
    return " and ".join([", ".join(regions[:-1]), regions[-1]] if len(regions) > 1 else regions)
