"""What keeps a whole spec, or one of its models, from cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evaluation.cells.needs import CellNeeds
from evaluation.cells.plan import PREFIX
from evaluation.cells.planning.dated import dated_reason
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.types_rule import types_possible
from evaluation.data.periods import Calendar
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.dates import START_COLUMNS
from evaluation.spec.design import RdDesign, StaggeredDesign
from evaluation.spec.filters import Predicate
from evaluation.spec.model import Model
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

AGE = "age_months"
ROW_WISE = frozenset({"hc0", "hc1", "nn"})
PLANNED_DESIGNS = frozenset({"did", "staggered_did", "rd", "single_unit"})


def spec_reason(
    spec: Spec, calendar: Calendar | None, columns: Mapping[str, ColumnFacts] | None
) -> str | None:
    """Return why no model of a spec can run from cells, ``None`` where some can.

    Parameters
    ----------
    spec
        What is asked.
    calendar
        How the panel counts time.
    columns
        Facts by column, ``None`` where nothing is known.
    """
    return next(_reasons(spec, calendar, columns), None)


def _reasons(
    spec: Spec, calendar: Calendar | None, columns: Mapping[str, ColumnFacts] | None
) -> Iterator[str]:
    design = spec.design
    own = [name for name in columns_of_spec(spec) if name.lower().startswith(PREFIX)]
    if own:
        yield f"column {own[0]!r} begins with {PREFIX}, as the columns that cells add do"
    if design.kind not in PLANNED_DESIGNS:
        yield f"design.kind {design.kind!r} is not planned from cells"
    if spec.panel.unit is not None and calendar is None:
        yield "panel.unit without panel.time: cells follow units over time"
    if spec.panel.unit is not None and calendar is not None:
        yield from _averaged_first(spec, calendar)
    yield from _moments(spec, calendar)
    if spec.sample.rows == "person":
        yield "sample.rows = 'person' keeps the first row of each unit, which no sum can tell"
    if spec.sample.rows == "first_of_year":
        yield "sample.rows = 'first_of_year' looks for each unit's first row of a year among rows"
    grouped = isinstance(spec.sample.rows, GroupedRows)
    if isinstance(design, StaggeredDesign) and design.cohort.interval and not grouped:
        yield "design.cohort is an interval, which is resolved row by row"
    undated = calendar is None or calendar.unit == "integer"
    if undated and getattr(design, "reform_date", None) is not None:
        yield "design.reform_date needs time in months or dates"
    if isinstance(design, RdDesign):
        yield from _running(design, columns)


def model_reason(
    spec: Spec,
    model: Model,
    needs: CellNeeds,
    sampled: bool,
    columns: Mapping[str, ColumnFacts] | None,
) -> str | None:
    """Return why one model cannot run from cells though its estimator could.

    Parameters
    ----------
    spec, model
        The spec and one of its models.
    needs
        What its estimator says.
    sampled
        Whether any step of the sample leaves rows out.
    columns
        Facts by column, ``None`` where nothing is known.
    """
    inference = resolve_inference(spec, model)
    dated = dated_reason(spec, model, needs)
    if dated is not None:
        return dated
    if needs.unit_effect:
        return types_possible(spec, model, inference, columns)
    counted = needs.roles >= {"period", "post"} and getattr(spec.design, "post", None) is not None
    if counted and sampled:
        return "event time counts from the first post period among all rows, before the sample"
    if needs.pairs and spec.panel.weight:
        return "pair cells know no weights"
    if needs.whole_units and model.moving_clusters == "keep":
        return "moving_clusters = 'keep': without one cluster a unit may still have rows elsewhere"
    if needs.units and model.keep:
        return "its keep changes how many rows of each unit count"
    if spec.panel.weight and inference.variance in ROW_WISE and not needs.any_cluster:
        return f"variance {inference.variance} with weights needs sums of their squares"
    return None


def _averaged_first(spec: Spec, calendar: Calendar) -> Iterator[str]:
    if calendar.months > 1:
        period = spec.panel.period
        yield f"panel.period = {period!r}: the rows of a unit are averaged before anything else"
    elif calendar.unit == "date":
        yield "time is dates: rows of a unit in one month are averaged before anything else"


def _moments(spec: Spec, calendar: Calendar | None) -> Iterator[str]:
    for name in ("treated", "control", "third"):
        predicate = getattr(spec.design, name, None)
        if not isinstance(predicate, Predicate) or predicate.assigned_at == "period_end":
            continue
        where = f"design.{name}.assigned_at"
        if calendar is None or calendar.unit == "integer":
            yield f"{where} counts months, and time does not"
        elif predicate.column != AGE or predicate.assigned_at in START_COLUMNS:
            yield f"{where} looks up {predicate.column!r} in another row of the unit"


def _running(design: RdDesign, columns: Mapping[str, ColumnFacts] | None) -> Iterator[str]:
    column = design.running_variable.column
    if not design.running_variable.discrete:
        yield (
            f"the running variable {column!r} is continuous: no rows share a value "
            "(discrete = true where they do)"
        )
    facts = (columns or {}).get(column)
    if facts is not None and facts.kind in ("text", "date"):
        yield f"design.running_variable: column {column!r} holds {facts.kind}, not numbers"
    held = None if design.exposure is None else (columns or {}).get(design.exposure)
    if held is not None and held.kind in ("text", "date"):
        yield f"design.exposure: column {design.exposure!r} holds {held.kind}, not numbers"
