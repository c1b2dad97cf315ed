"""One pass whose cells answer several plans that differ in their predicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluation.cells.plan import CellPass, Flag, Plan, Quantity
from evaluation.cells.store.answer import same_flag
from evaluation.cells.store.implied import same

# More predicates than this make more groups of rows than passes are worth.
MOST_FLAGS = 60
POST = "design.post"


def together(plans: Sequence[Plan]) -> Plan | None:
    """Return a plan whose one pass holds the cells of every plan, ``None`` where none can.

    Its key has the columns and predicates of all: rows that no predicate tells apart stay in one
    cell. Its rows meet the conditions that all plans share; what one asks beyond them must show in
    the key, else its cells are built from the rows after all.

    Parameters
    ----------
    plans
        Each of one pass, without unit types, pairs and histories, of one panel.
    """
    if len(plans) < 2 or any(not _simple(one) for one in plans):
        return None
    first = plans[0]
    alike = ((one.weight, one.time, one.calendar, _post(one)) for one in plans)
    if len({repr(one) for one in alike}) > 1:
        return None
    flags, renamed = _flags(plans)
    if len(flags) > MOST_FLAGS:
        return None
    return Plan(
        conditions=tuple(
            one
            for one in first.conditions
            if all(any(same(one, other) for other in plan.conditions) for plan in plans)
        ),
        flags=flags,
        passes=(_pass(plans, renamed),),
        pairs=(),
        units=None,
        weight=first.weight,
        watched=tuple(dict.fromkeys(name for one in plans for name in one.watched)),
        routes=(),
        time=first.time,
        calendar=first.calendar,
    )


def _simple(plan: Plan) -> bool:
    return (
        len(plan.passes) == 1
        and not plan.passes[0].unit_types
        and not plan.pairs
        and plan.units is None
        and not plan.groups
    )


def _post(plan: Plan) -> tuple[Flag, ...]:
    """Return what says which rows are after: its first period is found among all rows."""
    return tuple(flag for flag in plan.flags if flag.where == POST)


def _flags(plans: Sequence[Plan]) -> tuple[tuple[Flag, ...], list[dict[str, str]]]:
    """Return every predicate once, each under a name of its own, and the names by plan."""
    found: list[Flag] = []
    renamed: list[dict[str, str]] = []
    for plan in plans:
        names: dict[str, str] = {}
        for flag in plan.flags:
            known = next((one for one in found if same_flag(one, flag)), None)
            if known is None:
                taken = any(one.name == flag.name for one in found)
                name = f"{flag.name}_{len(found) + 1}" if taken else flag.name
                known = replace(flag, name=name)
                found.append(known)
            names[flag.name] = known.name
        renamed.append(names)
    return tuple(found), renamed


def _pass(plans: Sequence[Plan], renamed: list[dict[str, str]]) -> CellPass:
    made = [one.passes[0] for one in plans]
    parts = [
        names.get(part, part) for one, names in zip(made, renamed, strict=True) for part in one.key
    ]
    flags = {name for names in renamed for name in names.values()}
    quantities: tuple[Quantity, ...] = tuple(
        dict.fromkeys(quantity for one in made for quantity in one.quantities)
    )
    at = {quantity: place for place, quantity in enumerate(quantities)}
    products = {
        tuple(sorted((at[one.quantities[low]], at[one.quantities[high]])))
        for one in made
        for low, high in one.products
    }
    return CellPass(
        name="cells_1",
        key=(
            *dict.fromkeys(part for part in parts if part not in flags),
            *dict.fromkeys(part for part in parts if part in flags),
        ),
        quantities=quantities,
        products=tuple(sorted((low, high) for low, high in products)),
        fine=tuple(dict.fromkeys(name for one in made for name in one.fine)),
    )
