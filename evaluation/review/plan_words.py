"""The plan of a spec in words: what is built, what each model runs from, and why not from cells."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.cells.plan import CellPass, PairPass, Plan, Quantity, Route
from evaluation.cells.planning.expected import expected_cells
from evaluation.cells.planning.known import Known
from evaluation.spec.spec import Spec

WIDTH = 13


def plan_words(spec: Spec, plan: Plan, known: Known | None) -> str:
    """Return a plan as text: passes with keys, moments and expected cells, then every model.

    Parameters
    ----------
    spec, plan
        What is asked, and what is built for it.
    known
        Facts of the source; ``None`` where it is not at hand.
    """
    return "\n".join(_lines(spec, plan, known)) + "\n"


def _lines(spec: Spec, plan: Plan, known: Known | None) -> Iterator[str]:
    from_cells = sum(route.engine == "cells" for route in plan.routes)
    # Pairs of what turns out to be 0 or 1 share a scan.
    most = "at most " if len(plan.pairs) > 1 else ""
    yield (
        f"Plan of {spec.id}: {from_cells} of {_count(len(plan.routes), 'model')} from cells, "
        f"{most}{_count(_scans(plan), 'pass', 'passes')} over the rows."
    )
    yield f"Source {spec.panel.source}: {_source(known)}."
    steps = [condition.step for condition in plan.conditions if not condition.silent]
    yield f"Sample: {'; '.join(steps) or 'every row'}."
    for one in plan.passes:
        yield ""
        yield from _cell_pass(spec, plan, one, known)
    for pair in plan.pairs:
        yield ""
        yield from _pair_pass(plan, pair)
    if plan.units is not None and plan.passes:
        yield ""
        yield from _unit_pass(plan)
    yield ""
    for route in plan.routes:
        yield _route(route)


def _source(known: Known | None) -> str:
    if known is None:
        return "not at hand, so nothing is known of its columns"
    return "at hand" if known.rows is None else f"at hand, {_count(known.rows, 'row')}"


def _scans(plan: Plan) -> int:
    seconds = sum(bool(route.second_pass) or route.row_scores for route in plan.routes)
    units = plan.units is not None and bool(plan.passes)
    return len(plan.passes) + len(plan.pairs) + seconds + units


def _cell_pass(spec: Spec, plan: Plan, one: CellPass, known: Known | None) -> Iterator[str]:
    served = [route.model_id for route in plan.routes if route.cells == one.name]
    yield f"Pass {one.name}, for {', '.join(served)}"
    yield _line("key", ", ".join(_part(plan, part) for part in one.key))
    yield _line("sums", ", ".join(["rows", *_weight(plan), *map(_quantity, one.quantities)]))
    if one.products:
        names = [_quantity(quantity) for quantity in one.quantities]
        yield _line("products", ", ".join(f"{names[a]} × {names[b]}" for a, b in one.products))
    if one.fine:
        yield _line("first by", f"{', '.join(one.fine)}: few values, summed over in the same pass")
    if plan.groups:
        yield _line("rows", f"one for each {', '.join(plan.groups)} and period: means, weighted")
    yield _line("cells", _cells(spec, plan, one, known))
    if plan.time is not None and plan.time not in one.key:
        yield _line("window", f"{plan.time} is not in the key: another window builds it again")
    if one.unit_types:
        yield _line("window", "histories end where it does: another window builds it again")


def _part(plan: Plan, part: str) -> str:
    where = {flag.name: flag.where for flag in plan.flags}
    where["ad_type"] = f"histories of {plan.units.unit}" if plan.units else "histories"
    return f"{part} ({where[part]})" if part in where else part


def _weight(plan: Plan) -> list[str]:
    return [] if plan.weight is None else [f"weight {plan.weight}"]


def _quantity(quantity: Quantity) -> str:
    if quantity.gap == "known":
        return f"whether {quantity.column} is known"
    return f"log({quantity.column})" if quantity.log else quantity.column


def _cells(spec: Spec, plan: Plan, one: CellPass, known: Known | None) -> str:
    columns, rows = (None, None) if known is None else (known.columns, known.rows)
    expected = expected_cells(spec, plan, one, columns, rows)
    if not expected.unknown:
        return f"about {expected.known:,} at most"
    if expected.known == 1:
        return "unknown before the build"
    named = ", ".join(expected.unknown)
    return f"about {expected.known:,} at most for each value of {named}; how many is unknown"


def _pair_pass(plan: Plan, one: PairPass) -> Iterator[str]:
    served = [
        f"{route.model_id} ({name})"
        for route in plan.routes
        for name, made in route.pairs.items()
        if made == one.name
    ]
    unit = "units" if plan.units is None else plan.units.unit
    parted = f", before and after the reform ({one.post})" if one.post else ""
    parted += f", inside and outside the third group ({one.third})" if one.third else ""
    yield f"Pairs {one.name}, for {', '.join(served)}"
    yield _line("pairs", f"every two points of {one.point}{parted}, over {unit} seen at both")
    yield _line("sums", ", ".join(["units", *map(_quantity, one.quantities), "their products"]))
    if one.flags:
        yield _line("rows", " and ".join(_part(plan, flag) for flag in one.flags))


def _unit_pass(plan: Plan) -> Iterator[str]:
    units = plan.units
    if units is None:
        return
    yield f"Units: one pass over the histories of {units.unit} by {units.time}"
    asked = ["rows and units of every step", "repeated rows", "units behind every model"]
    asked += [f"units in which {name} changes" for name in units.constant]
    asked += ["rows of each unit"] if units.shares else []
    asked += [f"first period with {units.dose}"] if units.dose else []
    yield _line("counts", "; ".join(asked))


def _route(route: Route) -> str:
    if route.engine == "microdata":
        return f"Model {route.model_id}: from the rows, since {route.reason}."
    parts = [f"from {route.cells}"]
    if route.pairs:
        parts.append(f"variance from {', '.join(dict.fromkeys(route.pairs.values()))}")
    if route.second_pass:
        parts.append(f"scores by {', '.join(route.second_pass)} in a second pass over the rows")
    if route.row_scores:
        parts.append("squared scores of rows in a second pass over them")
    return f"Model {route.model_id}: {'; '.join(parts)}."


def _line(name: str, text: str) -> str:
    return f"  {name:<{WIDTH - 2}}{text}"


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
