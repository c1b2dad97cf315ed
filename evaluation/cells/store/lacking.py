"""What kept cells lack of a pass that they cannot answer, in words."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.cells.plan import CellPass, Flag, Plan, Quantity
from evaluation.cells.store.answer import can_answer, same_flag, same_quantity
from evaluation.cells.store.find import Build, dated_by_all_rows
from evaluation.cells.store.implied import left_over
from evaluation.cells.store.kept import Kept

ENDED = "the cells part rows otherwise"


def lacking(plan: Plan, made: CellPass, kept: Build) -> str:
    """Return what a build lacks of a pass, by the kept pass that lacks least; empty for nothing.

    Parameters
    ----------
    plan, made
        What is asked, and a pass of it.
    kept
        The build.
    """
    if left_over(plan.conditions, kept.plan.conditions) and dated_by_all_rows(plan):
        return (
            "the first period after the reform is that of all rows, of which the sample has fewer"
        )
    there = [one for one in kept.plan.passes if is_there(one.name, kept)]
    if any(can_answer(plan, made, kept.plan, found) for found in there):
        return ""
    lacks = [tuple(_lacks(plan, made, kept.plan, found)) for found in there]
    if not lacks:
        by = ", ".join(made.key) or "nothing"
        return f"there are no cells by {by}: never built, or left out for disclosure"
    fewest = min(lacks, key=lambda one: len(one))
    return "; ".join(dict.fromkeys(fewest)) or ENDED


def is_there(name: str, kept: Build) -> bool:
    """Whether the cells of a pass are at hand: those that leave may lack a whole file."""
    return f"{name}.parquet" in kept.files if isinstance(kept, Kept) else name in kept.tables


def rows_left_out(plan: Plan, kept: Build) -> str:
    """Return the step of a build's sample that took rows which a plan asks for; empty for none."""
    if left_over(plan.conditions, kept.plan.conditions) is not None:
        return ""
    steps = (one for one in kept.plan.conditions if left_over(plan.conditions, (one,)) is None)
    return next(steps).step


def _lacks(plan: Plan, made: CellPass, kept: Plan, found: CellPass) -> Iterator[str]:
    if plan.weight != kept.weight:
        weighted = "no weight" if kept.weight is None else f"weight {kept.weight}"
        yield f"the cells are summed with {weighted}"
    if plan.groups != kept.groups:
        yield "the cells are of other rows of groups"
    if made.unit_types != found.unit_types:
        yield "the cells do not tell units apart by their histories"
    for name in made.key:
        yield from _key(name, plan, kept, found)
    for one in left_over(plan.conditions, kept.conditions) or ():
        columns = [kept.time or "time"] if one.moments is not None else []
        columns += [each.column for each in one.filters]
        for column in columns:
            if column not in found.key:
                yield f"the cells are not by {column}, which {one.step!r} needs"
    yield from _sums(made, found)


def _key(name: str, plan: Plan, kept: Plan, found: CellPass) -> Iterator[str]:
    flag = next((one for one in plan.flags if one.name == name), None)
    if flag is None:
        if name not in found.key:
            yield f"the cells are not by {name}"
        return
    if not any(one.name in found.key and same_flag(one, flag) for one in kept.flags):
        yield f"the cells do not part rows by {flag.where}{_asked(flag)}"


def _asked(flag: Flag) -> str:
    """Return the columns of a flag, so that whoever builds cells knows what to group by."""
    named = ", ".join(dict.fromkeys(one.column for one in flag.filters))
    return f" as it is asked now (of {named})" if named else " as it is asked now"


def _sums(made: CellPass, found: CellPass) -> Iterator[str]:
    places: list[int | None] = [
        next((at for at, two in enumerate(found.quantities) if same_quantity(one, two)), None)
        for one in made.quantities
    ]
    for one, at in zip(made.quantities, places, strict=True):
        if at is None:
            yield f"the cells hold no sum of {_named(one)}"
    for low, high in made.products:
        first, second = places[low], places[high]
        if first is None or second is None or first == second:
            continue
        if (min(first, second), max(first, second)) not in found.products:
            names = " and ".join(_named(made.quantities[at]) for at in (low, high))
            yield f"the cells hold no sum of products of {names}"


def _named(one: Quantity) -> str:
    return f"log({one.column})" if one.log else one.column
