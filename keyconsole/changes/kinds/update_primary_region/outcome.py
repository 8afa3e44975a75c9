"""What a round of looks means for a change that was sent to AWS. Pure: the hardest rules, without a database.

*Unknown* never becomes an answer: a Region that cannot be read keeps the change settling. Nor does what reads
show that may lag behind: the old primary, after a yes or a lost answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyconsole.changes.kinds.parts import Call, Judgement, Outcome, Said, View
from keyconsole.changes.models import Change
from keyconsole.text import listed

ENABLED = "Enabled"
UNSETTLED = ("Updating", "Creating")


def judge_change(
    change: Change, views: Iterable[View], *, call: Call, not_required: frozenset[str]
) -> Judgement:
    return judge(
        views,
        from_region=change.from_region,
        to_region=change.to_region,
        call=call,
        not_required=not_required,
    )


def judge(
    views: Iterable[View],
    *,
    from_region: str,
    to_region: str,
    call: Call,
    not_required: frozenset[str] = frozenset(),
) -> Judgement:
    """`not_required`: other Regions than those of the move, unreadable before the call too."""
    by_region = {view.region: view for view in views}
    old, new = by_region[from_region], by_region[to_region]
    required = [
        view
        for view in by_region.values()
        if view.region in {from_region, to_region} or (view.region not in not_required and not view.gone)
    ]
    if unknown := [view.region for view in required if not view.readable and not view.gone]:
        return _wait(f"Cannot read {listed(unknown)}: its role there is unknown.")
    if new.role == "PRIMARY" and new.state not in UNSETTLED:
        if behind := [view.region for view in required if _is_behind(view, to_region)]:
            return _wait(f"{listed(behind)} does not name {to_region} as the primary yet.")
        if old.state in UNSETTLED:
            return _wait(f"{to_region} is the primary; the key in {from_region} still is {old.state}.")
        already = (
            f"{to_region} already was the primary when AWS got our call. " if call.said == Said.NO else ""
        )
        return Judgement(
            Outcome.DONE, f"{already}{to_region} was the primary in every Region{_but(old, new)}"
        )
    return _not_there(old, new, required, call)


def _is_behind(view: View, to_region: str) -> bool:
    also_primary = view.role == "PRIMARY" and view.region != to_region
    return not view.gone and (view.names_primary != to_region or also_primary)


def _but(old: View, new: View) -> str:
    """What became of the two keys since: disabled, to be deleted or gone is another story than the move."""
    if old.state == new.state == ENABLED:
        return "; both keys were Enabled."
    told = [f"the key in {view.region} was {'gone' if view.gone else view.state}" for view in (old, new)]
    return f"; {' and '.join(told)}."


def _not_there(old: View, new: View, required: list[View], call: Call) -> Judgement:
    primaries = [view.region for view in required if view.role == "PRIMARY"]
    at_rest = all(view.state not in UNSETTLED for view in required)
    if at_rest and primaries == [old.region]:
        return _unmoved(old.region, required, call)
    if at_rest and len(primaries) == 1 and primaries[0] != new.region:
        return _moved_on(primaries[0], required, call)
    if not primaries:
        return _wait("Moving: no Region calls itself primary for the moment, which is normal.")
    states = ", ".join(f"{view.region} is {view.role} and {view.state}" for view in (old, new))
    return _wait(f"AWS is still at work: {states}.")


def _unmoved(primary: str, required: list[View], call: Call) -> Judgement:
    """The picture of before the call, which a read that lags behind shows as well."""
    if call.said == Said.NO:
        return Judgement(Outcome.NOT_APPLIED, f"{primary} still was the primary at the last look.")
    if call.looks_suffice and _all_name(primary, required) and (call.said != Said.YES or call.was_seen):
        return Judgement(Outcome.NOT_APPLIED, _seen_in(primary, call))
    return _wait(f"{_so_far(primary, call)} Reads of KMS may lag behind: it goes on being watched.")


def _moved_on(primary: str, required: list[View], call: Call) -> Judgement:
    """A third Region: no read that lags behind our call shows that."""
    if call.said == Said.NO:
        told = f"{primary} was the primary at the last look: somebody else moved it."
        return Judgement(Outcome.NOT_APPLIED, told)
    if call.looks_suffice and _all_name(primary, required):
        return Judgement(Outcome.NOT_APPLIED, f"{_seen_in(primary, call)} Somebody else moved it there.")
    return _wait(f"{_so_far(primary, call)} Somebody else may have moved it there; it goes on being watched.")


def _all_name(primary: str, required: list[View]) -> bool:
    return all(view.gone or view.names_primary == primary for view in required)


def _seen_in(primary: str, call: Call) -> str:
    told = call.looks.words if call.looks else "the last look"
    return f"{primary} was the primary in every Region, in {told}."


def _so_far(primary: str, call: Call) -> str:
    shown = "shows" if call.looks is None or call.looks.count == 1 else "show"
    told = call.looks.words if call.looks else "the last look"
    return f"{call.words} {told[:1].upper()}{told[1:]} {shown} {primary} as the primary."


def _wait(sentence: str) -> Judgement:
    return Judgement(Outcome.WAIT, sentence)
