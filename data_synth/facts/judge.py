"""Hold a simulated figure against a published one."""

from __future__ import annotations

from data_synth.facts.fact import Fact, FactRow
from data_synth.facts.tally import Estimate


def judge(topic: str, fact: Fact, found: Estimate) -> FactRow:
    """Return the row of a fact: what was published, what was simulated, how far apart they are."""
    low, high = _ends(fact)
    deviation = relative = None
    within = _within_bounds(fact, found.value)
    if found.value is not None and low is not None and high is not None:
        nearest = min(max(found.value, low), high)
        deviation = found.value - nearest
        relative = deviation / abs(nearest)
        within = abs(relative) <= fact.tolerance
    return FactRow(
        id=fact.id,
        topic=topic,
        text=fact.text,
        year=fact.year,
        unit=fact.unit,
        source=fact.source,
        published_low=low,
        published_high=high,
        said=fact.said,
        simulated=found.value,
        error=found.error,
        deviation=deviation,
        relative=relative,
        tolerance=fact.tolerance,
        within=within,
        held=fact.held,
        note=fact.note,
    )


def _ends(fact: Fact) -> tuple[float | None, float | None]:
    if isinstance(fact.published, tuple):
        return fact.published
    return fact.published, fact.published


def _within_bounds(fact: Fact, value: float | None) -> bool:
    low, high = fact.bounds
    if value is None:
        return False
    return (low is None or value >= low) and (high is None or value <= high)
