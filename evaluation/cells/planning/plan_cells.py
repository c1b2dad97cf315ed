"""The plan of a spec: which passes over its rows serve which model, and what needs the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.plan import CellPass, Flag, Plan, Route, UnitPass
from evaluation.cells.planning.calendar import spec_calendar
from evaluation.cells.planning.conditions import sample_conditions
from evaluation.cells.planning.few_valued import few_valued
from evaluation.cells.planning.flags import POST, design_flags, keep_flag
from evaluation.cells.planning.grouping import grouped_pass
from evaluation.cells.planning.levels import Levels
from evaluation.cells.planning.pairing import pair_passes
from evaluation.cells.planning.refusals import model_reason, spec_reason
from evaluation.cells.planning.request import Controls, Request, request_of, treatment_of
from evaluation.cells.planning.sharing import shared_passes
from evaluation.cells.relation import ColumnFacts
from evaluation.data.designs._exposure import exposure_of
from evaluation.data.periods import Calendar
from evaluation.spec.columns import columns_of_model
from evaluation.spec.design import DidDesign, RdDesign, StaggeredDesign
from evaluation.spec.evidence import splits_of
from evaluation.spec.identities import companions
from evaluation.spec.model import Model
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

Needs = Mapping[str, CellNeeds | NotFromCells]
Columns = Mapping[str, ColumnFacts]
Chosen = tuple[tuple[Model, CellNeeds], ...]


def plan_cells(spec: Spec, needs: Needs, columns: Columns | None = None) -> Plan:
    """Return what to build for a spec, from its text and what is known of its columns.

    The same spec and facts give the same plan; no rows are read.

    Parameters
    ----------
    spec
        What is asked.
    needs
        What each model's estimator says, by model id.
    columns
        Facts by column, ``None`` where nothing is known: then controls are sums, and models share
        a pass only where one key holds the other.

    Raises
    ------
    DataError
        Where dates meet integer time or the reverse.
    """
    calendar = spec_calendar(spec, columns)
    conditions = sample_conditions(spec, calendar)
    reason = spec_reason(spec, calendar, columns)
    routes: dict[str, Route] = {}
    if reason is None and isinstance(spec.sample.rows, GroupedRows):
        return _grouped(spec, spec.sample.rows, calendar, columns)
    flags = () if reason else (*design_flags(spec, calendar), *_keeps(spec))
    levels = Levels(spec, calendar, columns or {}, {flag.name: flag for flag in flags})
    requests: list[Request] = []
    chosen: list[tuple[Model, CellNeeds]] = []
    possible = tuple(_possible(spec, needs, reason, routes))
    controls = Controls(few_valued(possible, levels), levels)
    for model, need in possible:
        found = model_reason(spec, model, need, bool(conditions), columns) or request_of(
            spec, model, need, controls
        )
        if isinstance(found, str):
            routes[model.id] = Route(model.id, "microdata", found)
        else:
            requests.append(found)
            chosen.append((model, need))
    passes, names = shared_passes(requests, levels)
    clash = {one.name: name for one in passes if (name := _clash(one)) is not None}
    pairing = pair_passes(spec, tuple(one for one in chosen if names[one[0].id] not in clash))
    for request in requests:
        own = names[request.model_id]
        if own in clash:
            words = f"columns are named so that two sums would both be {clash[own]!r}"
            routes[request.model_id] = Route(request.model_id, "microdata", words)
            continue
        routes[request.model_id] = Route(
            request.model_id,
            "cells",
            cells=own,
            pairs=pairing.names.get(request.model_id, {}),
            second_pass=request.second_pass,
            row_scores=request.row_scores,
        )
    used = tuple(one for one in chosen if routes[one[0].id].engine == "cells")
    return Plan(
        conditions=conditions,
        flags=flags if used else (),
        passes=tuple(one for one in passes if one.name not in clash),
        pairs=pairing.passes,
        units=_units(spec, used),
        weight=spec.panel.weight,
        watched=_watched(spec, used),
        routes=tuple(routes[model.id] for model in spec.models),
        time=spec.panel.time,
        calendar=calendar,
        exposure=exposure_of(spec),
    )


def _possible(
    spec: Spec, needs: Needs, reason: str | None, routes: dict[str, Route]
) -> Iterator[tuple[Model, CellNeeds]]:
    """Yield the models that may run from cells; note the reason of every other."""
    for model in spec.models:
        need = needs.get(model.id, NotFromCells(f"estimator {model.estimator!r} says no needs"))
        if reason is not None or isinstance(need, NotFromCells):
            words = reason or (need.reason if isinstance(need, NotFromCells) else "")
            routes[model.id] = Route(model.id, "microdata", words)
        else:
            yield model, need


def _keeps(spec: Spec) -> tuple[Flag, ...]:
    return tuple(keep_flag(model) for model in spec.models if model.keep)


def _grouped(
    spec: Spec, rows: GroupedRows, calendar: Calendar | None, columns: Columns | None
) -> Plan:
    """Return the plan of a sample of groups: cells are its rows, whatever the estimator."""
    made = grouped_pass(spec, rows)
    name = _clash(made)
    words = f"columns are named so that two sums would both be {name!r}"
    unit, time = spec.panel.unit, spec.panel.time
    post = getattr(spec.design, "post", None)
    return Plan(
        conditions=sample_conditions(spec, calendar),
        # No key holds it: the first post period among all rows is read by it.
        flags=() if post is None else (Flag(POST, "design.post", (post,)),),
        passes=() if name else (made,),
        pairs=(),
        units=None if unit is None or time is None else UnitPass(unit, time),
        weight=spec.panel.weight,
        watched=(),
        routes=tuple(
            Route(model.id, "microdata", words)
            if name
            else Route(model.id, "cells", cells="cells_1")
            for model in spec.models
        ),
        time=time,
        calendar=calendar,
        groups=rows.by,
        exposure=exposure_of(spec),
    )


def _units(spec: Spec, used: Chosen) -> UnitPass | None:
    unit, time, design = spec.panel.unit, spec.panel.time, spec.design
    if unit is None or time is None or not used:
        return None
    running = design.running_variable.column if isinstance(design, RdDesign) else None
    constant = [cluster for model, _ in used for cluster in model.clusters]
    constant += [column for model, _ in used for column in splits_of(spec, model)]
    if isinstance(design, StaggeredDesign):
        constant.append(design.cohort.column or "")
    dose = design.treatment if isinstance(design, DidDesign) else None
    return UnitPass(
        unit,
        time,
        constant=tuple(dict.fromkeys(c for c in constant if c not in {unit, time, running})),
        shares=any(need.units or need.cohorts for _, need in used),
        shares_spared=any(need.cohorts for _, need in used)
        and not any(need.units for _, need in used),
        dose=None if dose is None else dose.column,
        axis=running,
    )


def _watched(spec: Spec, used: Chosen) -> tuple[str, ...]:
    """Return the columns whose nulls take rows out of some model that runs from cells."""
    design = spec.design
    named: list[str] = []
    for model, _ in used:
        asked = [spec.outcomes[name] for name in spec.outcomes_of(model)]
        named += [one.measured for one in asked]
        named += [other.measured for one in asked for other in companions(spec, one)]
        named += columns_of_model(model)
    if used:
        named += [e.first_stage for e in spec.smallest_effect_of_interest if e.first_stage]
        named += [quantity.column for quantity in treatment_of(spec)]
        if isinstance(design, DidDesign) and design.treatment is not None:
            named.append(design.treatment.column)
        if isinstance(design, RdDesign):
            named.append(design.running_variable.column)
        if spec.panel.weight is not None:
            named.append(spec.panel.weight)
    never = {spec.panel.unit, spec.panel.time}
    return tuple(name for name in dict.fromkeys(named) if name not in never)


def _clash(one: CellPass) -> str | None:
    """Return the name that two sums of a pass would share, ``None`` where all differ."""
    names = [quantity.name for quantity in one.quantities]
    sums = [*names, *(f"{names[i]}_{names[j]}" for i, j in one.products)]
    return next((name for name, count in Counter(sums).items() if count > 1), None)
