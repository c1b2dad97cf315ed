"""Keys whose cells would pass: municipalities grouped, months taken together, columns left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import MISSING, ROWS, CellPass, Plan
from evaluation.cells.sums import missing_bit, sum_name
from evaluation.release.cell_counts import BoolArray, CellCounts, IntArray, cell_counts
from evaluation.release.cell_hiding import hidden_cells
from evaluation.release.protection import Protection

MONTHS = {"quarter": 3, "half year": 6, "year": 12}
AS_IS, NONE, COUNTY = "", "none", "county"
# Largest share of rows that a proposal may still lose, and how many are made.
MOST_LOST = 0.05
MOST = 5
# Columns of fewer values than these are flags, and stay as they are.
FEW = 5
COUNTY_DIGITS, MUNICIPALITY_DIGITS = 2, 4


@dataclass(frozen=True)
class Coarser:
    """One coarser key.

    Attributes
    ----------
    merged
        How each column that changes is taken together: ``quarter``, ``county`` (the first two
        digits of a municipality), ``none`` for left out.
    quantities
        Columns whose sums are left out, such as controls.
    cells, hidden
        Cells there would be, and those left out.
    share_lost
        Rows in these, of all.
    made
        The pass that would leave.
    told
        How much of what was printed these cells give, 0 where nobody asked.
    factor
        Rows that one unit may have in a cell.
    """

    merged: Mapping[str, str]
    quantities: tuple[str, ...]
    cells: int
    hidden: int
    share_lost: float
    made: CellPass
    told: int = 0
    factor: int = 1

    @property
    def passes(self) -> bool:
        """Whether no cell would be left out."""
        return not self.hidden

    @property
    def words(self) -> str:
        """What is taken together and left out."""
        said = [
            f"{column} left out" if how == NONE else f"{column} by {how}"
            for column, how in self.merged.items()
        ]
        said += [f"without {name}" for name in self.quantities]
        return ", ".join(said)

    def __str__(self) -> str:
        """Return the proposal in words."""
        lost = "none left out" if self.passes else f"{100 * self.share_lost:.1f} % of rows left out"
        return f"{self.words}: {self.cells:,} cells, {lost}"


def coarser_keys(
    plan: Plan,
    table: CellTable,
    protection: Protection,
    factor: int,
    tells: Callable[[CellPass], int] | None = None,
) -> tuple[Coarser, ...]:
    """Return coarser keys that lose few rows or none, those that tell most first, then the finest.

    The first that loses none is the finest key that passes. Estimates from coarser cells are exact
    for models that use nothing finer: clusters, fixed effects and event times by the columns as
    they are taken together.

    Parameters
    ----------
    plan
        Which column is time, and how it counts.
    table
        Cells as they were built.
    protection
        What is small.
    factor
        Rows that one unit may have in a cell; taking periods together multiplies it.
    tells
        How much of what was printed a pass gives; keys that give nothing are left out. ``None``
        where all are wanted.
    """
    found: list[Coarser] = []
    options = [tuple(_ways(plan, table, name)) for name in table.made.key]
    for chosen in product(*options):
        merged = {
            name: how for name, (how, _, _) in zip(table.made.key, chosen, strict=True) if how
        }
        times = int(np.prod([many for _, _, many in chosen]))
        codes = [code for how, code, _ in chosen if how != NONE]
        for base in dict.fromkeys(((), _controls(table.made))):
            for one in _shed(table, codes, base, merged, protection, factor * times, tells):
                if one.share_lost <= MOST_LOST and one not in found:
                    found.append(one)
    passing = sorted((one for one in found if one.passes), key=_order)
    lossy = sorted((one for one in found if not one.passes), key=_order)
    return (*passing[:MOST], *lossy[: max(0, MOST - len(passing))])


def _order(one: Coarser) -> tuple[int, int, int]:
    return -one.told, -one.cells, len(one.quantities)


def _shed(
    table: CellTable,
    codes: list[IntArray | pd.Series],
    base: tuple[str, ...],
    merged: Mapping[str, str],
    protection: Protection,
    factor: int,
    tells: Callable[[CellPass], int] | None,
) -> Iterator[Coarser]:
    """Yield one key with fewer and fewer quantities: the one that is rarest goes next."""
    left_out = base
    while True:
        made = _named(_without(table.made, left_out), merged)
        told = 0 if tells is None else tells(made)
        if not made.quantities or (tells is not None and not told):
            return
        frame, counts, small = _tried(table, codes, left_out, protection, factor)
        rows = counts.values[:, 0]
        if (merged or left_out) and rows[small].sum() <= MOST_LOST * rows.sum():
            everything = np.zeros(len(frame), dtype=np.int64)
            hidden = hidden_cells(counts, (everything,), small, protection)
            lost = float(rows[hidden].sum() / rows.sum())
            gone = int(hidden.sum())
            yield Coarser(merged, left_out, len(frame), gone, lost, made, told, factor)
            if not hidden.any():
                return
        if not small.any() or tells is None:
            return
        outcomes = [one.name for one in made.quantities if one.name not in _controls(table.made)]
        if len(outcomes) < 2:
            return
        left_out = (*left_out, min(outcomes, key=lambda name: float(frame[sum_name(name)].sum())))


def _ways(
    plan: Plan, table: CellTable, name: str
) -> Iterator[tuple[str, IntArray | pd.Series, int]]:
    """Yield how a key column may be taken together: name, codes, periods in one cell."""
    values = table.frame[name]
    yield AS_IS, values, 1
    if values.nunique(dropna=False) < FEW:
        return
    periods = 1
    if name == plan.time:
        periods = values.nunique()
        if plan.calendar is not None and plan.calendar.unit == "month":
            month = plan.calendar.moments(values, name)
            yield from ((how, month // many, many) for how, many in MONTHS.items())
    elif pd.api.types.is_integer_dtype(values) and "month" in name:
        yield from ((how, values.to_numpy() // many, 1) for how, many in MONTHS.items())
    elif _are_municipalities(values):
        yield COUNTY, values.astype(str).str[:COUNTY_DIGITS], 1
    yield NONE, np.zeros(len(values), dtype=np.int64), periods


def _are_municipalities(values: pd.Series) -> bool:
    texts = values.dropna().astype(str).drop_duplicates()
    return bool(texts.str.fullmatch(rf"\d{{{MUNICIPALITY_DIGITS}}}").all())


def _controls(made: CellPass) -> tuple[str, ...]:
    """Return quantities that are multiplied with others only: controls, whose sums may go."""
    squared = {low for low, high in made.products if low == high}
    return tuple(one.name for at, one in enumerate(made.quantities) if at in squared)


def _named(made: CellPass, merged: Mapping[str, str]) -> CellPass:
    """Return a pass with the key that columns taken together make."""
    key = tuple(column_of(name, merged[name]) if name in merged else name for name in made.key
                if merged.get(name) != NONE)  # fmt: skip
    fine = tuple(one for one in made.fine if one in {each.column for each in made.quantities})
    return replace(made, key=key, fine=fine)


def column_of(name: str, how: str) -> str:
    """Return what a key column is called once its values are taken together."""
    return f"{name}_{how.replace(' ', '_')}"


def _tried(
    table: CellTable,
    codes: list[IntArray | pd.Series],
    left_out: tuple[str, ...],
    protection: Protection,
    factor: int,
) -> tuple[pd.DataFrame, CellCounts, BoolArray]:
    """Return the cells of a coarser key, what they count, and which are small."""
    made = _without(table.made, left_out)
    sums = [ROWS, *(sum_name(one.name) for one in made.quantities)]
    sums += [sum_name(*(made.quantities[at].name for at in pair)) for pair in made.products]
    frame = table.frame[[one for one in sums if one in table.frame]].astype(np.float64)
    keys = {f"{at}": np.asarray(code) for at, code in enumerate(codes)}
    keys[MISSING] = _mask(table, made)
    grouped = frame.groupby(
        [pd.Series(code, frame.index, name=name) for name, code in keys.items()], dropna=False
    ).sum()
    frame = grouped.reset_index()
    counts = cell_counts(made, frame)
    return frame, counts, counts.small(protection, factor)


def _mask(table: CellTable, made: CellPass) -> IntArray:
    """Return which of the quantities left each cell lacks, as the mask of a pass has them."""
    place = {one.name: at for at, one in enumerate(table.made.quantities)}
    mask = np.zeros(len(table.frame), dtype=np.int64)
    for bit, one in enumerate(made.quantities):
        mask |= missing_bit(table.frame, place[one.name]).astype(np.int64) << bit
    return mask


def _without(made: CellPass, names: tuple[str, ...]) -> CellPass:
    """Return a pass without some quantities."""
    kept = [at for at, one in enumerate(made.quantities) if one.name not in names]
    place = {at: new for new, at in enumerate(kept)}
    pairs = tuple(
        (place[low], place[high]) for low, high in made.products if {low, high} <= set(kept)
    )
    return replace(made, quantities=tuple(made.quantities[at] for at in kept), products=pairs)
