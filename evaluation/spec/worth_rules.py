"""Rules on what effects are worth: outcomes, times, and amounts that say where they are from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from evaluation.spec.faults import nearest
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of
from evaluation.spec.worth import Worth, WorthItem

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def item_model(spec: Spec, worth: Worth, item: WorthItem) -> str | None:
    """Return the model of an item: its own, its worth's, else the first asked for its outcome."""
    named = item.model or worth.model
    asked = (model.id for model in spec.models if _asks(spec, model, item))
    return named or next(asked, None)


def months_covered(spec: Spec, item: WorthItem) -> int | None:
    """Return the months that one value of an item's outcome covers, ``None`` where unknown."""
    if item.per is not None:
        return MONTHS[item.per]
    # A coarser period holds means of its months.
    return 1 if time_unit_of(spec) == "month" else None


def worth_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every rule that a ``[[worth]]`` breaks."""
    for name, count in Counter(worth.id for worth in spec.worth).items():
        if count > 1:
            yield f"worth.{name}: stands {count} times; ids are unique"
    for worth in spec.worth:
        for position, item in enumerate(worth.items, start=1):
            where = f"worth.{worth.id}.items.{position}"
            yield from _names(spec, worth, item, where)
            yield from _amount(spec, item, where)
            yield from _time(spec, worth, item, where)


def _names(spec: Spec, worth: Worth, item: WorthItem, where: str) -> Iterator[str]:
    if item.outcome not in spec.outcomes:
        yield (
            f"{where}.outcome: no outcome {item.outcome!r}{nearest(item.outcome, spec.outcomes)} "
            f"(there are: {', '.join(spec.outcomes)})"
        )
        return
    known = [model.id for model in spec.models]
    name = item_model(spec, worth, item)
    if name is not None and name not in known:
        yield (
            f"{where}.model: no model {name!r}{nearest(name, known)} "
            f"(there are: {', '.join(known) or 'none'})"
        )
        return
    model = None if name is None else spec.model(name)
    if model is None or not _asks(spec, model, item):
        who = "no model is" if model is None else f"model {model.id} is not"
        yield f"{where}: {who} asked for outcome {item.outcome!r}; name one that is"
        return
    horizons = model.horizons or spec.outcomes[item.outcome].horizons or ()
    if item.horizon is None and horizons:
        given = ", ".join(map(str, horizons))
        yield f"{where}.horizon: is missing; {item.outcome!r} has several: choose one of {given}"
    elif item.horizon is not None and item.horizon not in horizons:
        given = ", ".join(map(str, horizons)) or "none"
        yield f"{where}.horizon: found {item.horizon}; {item.outcome!r} has: {given}"


def _asks(spec: Spec, model: Model, item: WorthItem) -> bool:
    return item.outcome in spec.outcomes_of(model)


def _amount(spec: Spec, item: WorthItem, where: str) -> Iterator[str]:
    spread = [key for key in ("low", "high", "std_error") if getattr(item, key) is not None]
    if item.amount is None:
        if spread:
            yield f"{where}.amount: is missing; {spread[0]!r} says how well it is known"
        return
    if item.source is None:
        yield f"{where}.source: is missing; say where the amount is from"
    if spread not in ([], ["std_error"], ["low", "high"]):
        yield f"{where}: give std_error, or low and high, or neither where the amount is exact"
    elif item.low is not None and item.high is not None and not _inside(item):
        ends = f"low {item.low:g} and high {item.high:g}"
        yield f"{where}: amount {item.amount:g} must lie between {ends}, one below the other"


def _inside(item: WorthItem) -> bool:
    low, amount, high = item.low or 0.0, item.amount or 0.0, item.high or 0.0
    return low <= amount <= high and low < high


def _time(spec: Spec, worth: Worth, item: WorthItem, where: str) -> Iterator[str]:
    covered = months_covered(spec, item)
    if worth.months is None:
        if item.per is not None:
            yield f"{where}.per: goes with months, the time over which effects are counted; add it"
    elif covered is None:
        yield (
            f"{where}.per: is missing; the panel's time does not say how many months one value "
            "covers: month, quarter or year"
        )
    elif worth.months % covered:
        yield (
            f"worth.{worth.id}.months: found {worth.months}; {where} counts values of {covered} "
            "months each, so give a multiple of it"
        )
