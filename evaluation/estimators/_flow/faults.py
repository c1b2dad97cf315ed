"""What the text of a spec shows to keep flows from being counted month by month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluation.spec.dates import AGE

ALL = ("population", "no_other_benefit")


def faults_of(spec: Any, model: Any, where: str) -> Iterator[str]:
    """Yield a line for everything that ``rd_flow`` does not go with.

    Parameters
    ----------
    spec
        The whole spec.
    model
        The model that asks for it.
    where
        Its key path.
    """
    design = spec.design
    if design.kind != "rd":
        return  # said by the rule on designs
    axis = design.running_variable
    if axis.column != AGE or not axis.discrete:
        yield (
            f"{where}.estimator: 'rd_flow' counts flows from one month of age to the next; set "
            f"running_variable = {{ column = {AGE!r}, discrete = true }}"
        )
    if design.exposure is not None:
        yield f"{where}.estimator: 'rd_flow' counts whole months; give donut = 1, not exposure"
    if spec.panel.unit is None or spec.panel.time is None:
        yield f"{where}.estimator: 'rd_flow' follows persons over months; set panel.unit and time"
    if spec.panel.period in ("quarter", "year"):
        yield f"panel.period: 'rd_flow' counts flows of months; found {spec.panel.period!r}"
    if spec.sample.rows != "person_month" or spec.sample.denominator not in ALL:
        yield (
            f"{where}.estimator: 'rd_flow' needs the rows of all persons, in the stock or not; set "
            "sample.rows = 'person_month' and denominator = 'population'"
        )
    for key in ("controls", "fixed_effects"):
        if getattr(model, key):
            yield f"{where}.{key}: 'rd_flow' takes none; remove them"
    if len(model.clusters) != 1:
        yield f"{where}.cluster: 'rd_flow' takes exactly one, most often the unit"
    for name in spec.outcomes_of(model):
        outcome = spec.outcomes.get(name)
        if outcome is not None and (outcome.dated.moved or outcome.transform is not None):
            yield (
                f"outcomes.{name}: 'rd_flow' sets the stock of a month beside its flows; remove "
                "its lead, difference, age or transform"
            )
