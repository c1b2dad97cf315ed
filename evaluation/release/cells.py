"""Cells as a release: small ones left out, others rounded, and what that does to estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import ROWS, Plan
from evaluation.data.moments import PairCells
from evaluation.release.cell_counts import (
    BoolArray,
    CellCounts,
    cell_counts,
    count_columns,
)
from evaluation.release.cell_hiding import narrow_groups
from evaluation.release.cell_links import hidden_sizes
from evaluation.release.cell_passes import groups_of, hidden_passes
from evaluation.release.coarse_cells import Tells, coarse_cells
from evaluation.release.coarser import Coarser, coarser_keys
from evaluation.release.policy import Policy
from evaluation.release.protection import Protection, protection_of
from evaluation.release.suppression import Suppressed
from evaluation.report.record import Record
from evaluation.spec.dates import AGE


@dataclass(frozen=True)
class ReleasedPass:
    """What was done to the cells of one pass; restricted.

    Attributes
    ----------
    name
        The pass.
    cells, hidden, secondary
        Cells built; those left out; among them those that pass, and from which others would follow.
    rows, rows_hidden
        Rows in all cells, and in those left out.
    rounded
        Whether counts are rounded.
    open_sums
        Groups of cells all of which are left out and whose sum may not be printed anywhere.
    words
        What was done, and what it does to estimates.
    """

    name: str
    cells: int
    hidden: int
    secondary: int
    rows: int
    rows_hidden: int
    rounded: bool
    open_sums: int
    words: str

    @property
    def exact(self) -> bool:
        """Whether estimates from these cells are those inside."""
        return not (self.hidden or self.rounded)


@dataclass(frozen=True)
class ReleasedCells:
    """Cells as they may leave.

    Attributes
    ----------
    gathered
        The cells that are left, passes without any left out. Histories of units are as they were:
        the bundle decides on them.
    passes
        What was done, one for each pass and pair pass.
    coarser
        Keys whose cells would lose less, finest first; by pass.
    instead
        Keys whose cells leave in place of those that were built, in words; by pass.
    """

    gathered: Gathered
    passes: tuple[ReleasedPass, ...]
    coarser: Mapping[str, tuple[Coarser, ...]]
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """How each file of cells was protected."""
        return {one.name: one.words for one in self.passes}


def releasable_cells(
    gathered: Gathered,
    policy: Policy,
    record: Record | None,
    suppressed: Suppressed | None,
    tells: Tells | None = None,
) -> ReleasedCells:
    """Return cells without those that a policy refuses, nor those that would give them back.

    A cell is refused where its rows, its ones or zeros of any quantity, or any combination of two
    quantities' ones and zeros are few. Rows are persons where the key has the time, or the age in
    months of monthly rows; where it has neither, a person may be in a cell once a period, and so
    many times as many rows are needed.

    Parameters
    ----------
    gathered
        Cells as they were built.
    policy
        The policy.
    record, suppressed
        The record that is released beside, as it is inside and as it leaves: counts that it hides
        must not be sums of cells. ``None`` where cells leave alone.
    tells
        How much of what was printed a pass gives: where some of its cells are refused, the finest
        coarser cells that pass and tell anything leave in its place. ``None``: only proposed.
    """
    protection = protection_of(policy)
    plan, built = gathered.plan, gathered.tables
    factors = {name: _rows_a_unit(plan, one, gathered) for name, one in built.items()}

    @cache
    def sizes(without: tuple[str, ...]) -> frozenset[int]:
        if record is None or suppressed is None:
            return frozenset()
        return hidden_sizes(record, suppressed, without)

    counts, small, hidden = _judged(built, factors, dict.fromkeys(built, sizes(())), protection)
    proposals = {
        name: coarser_keys(plan, one, protection, factors[name])
        for name, one in built.items()
        if hidden[name].any()
    }
    instead: dict[str, Coarser] = {}
    if tells is not None and proposals:
        made = coarse_cells(gathered, hidden, sizes, protection, factors, tells)
        gathered, instead = made.gathered, dict(made.instead)
        factors |= {name: one.factor for name, one in instead.items()}
        lacking = {name: instead[name].quantities if name in instead else () for name in built}
        own = {name: sizes(one) for name, one in lacking.items()}
        counts, small, hidden = _judged(gathered.tables, factors, own, protection)
    tables = gathered.tables
    kept = {
        name: replace(one, frame=_released(one, counts[name], hidden[name], protection))
        for name, one in tables.items()
        if not hidden[name].all()
    }
    pairs = {name: one for name, one in gathered.pairs.items() if _may_leave(one, protection)}
    done = [
        _done(one, counts[name], small[name], hidden[name], protection)
        for name, one in tables.items()
    ]
    done = [
        replace(one, words=_instead(instead[one.name], built[one.name], one.words))
        if one.name in instead
        else one
        for one in done
    ]
    done += [_pairs_done(name, one, name in pairs) for name, one in gathered.pairs.items()]
    return ReleasedCells(
        replace(gathered, tables=kept, pairs=pairs), tuple(done), proposals,
        {name: one.words for name, one in instead.items()},
    )  # fmt: skip


def _judged(
    tables: Mapping[str, CellTable],
    factors: Mapping[str, int],
    sizes: Mapping[str, frozenset[int]],
    protection: Protection,
) -> tuple[dict[str, CellCounts], dict[str, BoolArray], dict[str, BoolArray]]:
    """Return what the cells of every pass count, which are small, and which are left out."""
    counts = {name: cell_counts(one.made, one.frame) for name, one in tables.items()}
    small = {name: counts[name].small(protection, factors[name]) for name in tables}
    return counts, small, hidden_passes(tables, counts, small, sizes, protection)


def _instead(coarser: Coarser, built: CellTable, words: str) -> str:
    """Return what left in place of the cells that were built."""
    return (
        f"coarser cells in place of {len(built.frame):,} that do not pass: {coarser.words}; models "
        f"that need nothing finer give their estimates, without errors clustered by what is left "
        f"out; {words}"
    )


def _rows_a_unit(plan: Plan, table: CellTable, gathered: Gathered) -> int:
    """Return how many rows of one unit may be in one cell at most."""
    if plan.time is None or plan.time in table.made.key:
        return 1
    monthly = plan.calendar is not None and plan.calendar.unit == "month"
    if monthly and plan.units is not None and AGE in table.made.key:
        # Whoever has one row a month is of each age in months in one of them.
        return 1
    moments = [
        one.frame[plan.time].nunique() for one in gathered.tables.values() if plan.time in one.frame
    ]
    # Without the time anywhere: as many as there are rows of it at all.
    return max(moments, default=int(table.frame[ROWS].max()))


def _released(
    table: CellTable, counts: CellCounts, hidden: BoolArray, protection: Protection
) -> pd.DataFrame:
    frame = table.frame.loc[~hidden].reset_index(drop=True)
    if protection.rounds:
        for name in count_columns(table.made, counts):
            frame[name] = [protection.rounded(int(one)) for one in frame[name]]
    return frame


def _done(
    table: CellTable,
    counts: CellCounts,
    small: BoolArray,
    hidden: BoolArray,
    protection: Protection,
) -> ReleasedPass:
    rows = counts.values[:, 0]
    total, lost = int(rows.sum()), int(rows[hidden].sum())
    group = groups_of(table.made, table.frame)[0]
    open_sums = len(narrow_groups(counts, group, hidden, protection))
    said = []
    if hidden.any():
        said.append(
            f"{int(hidden.sum()):,} of {len(hidden):,} cells left out, with "
            f"{100 * lost / total:.1f} % of the rows: estimates from the others are of fewer rows"
        )
    if protection.rounds:
        to = "the midpoint of" if protection.midpoint else "multiples of"
        said.append(
            f"counts rounded to {to} {protection.base}: each may be off by up to "
            f"{protection.base // 2}"
        )
    words = "; ".join(said) or "whole: estimates are those inside"
    return ReleasedPass(
        table.made.name, len(hidden), int(hidden.sum()), int((hidden & ~small).sum()), total, lost,
        protection.rounds, open_sums, words,
    )  # fmt: skip


def _may_leave(pairs: PairCells, protection: Protection) -> bool:
    """Whether pair cells may leave: every count of units at two points, and every difference."""
    if protection.rounds:
        return False
    both = np.rint(pairs.products[0, 0]).astype(np.int64)
    alone = np.diagonal(both)[:, None] - both
    counts = [both, alone]
    counts += [one for one in (pairs.successive, pairs.apart) if one is not None]
    for at in range(1, len(pairs.variables)):
        own = pairs.products[at, 0]
        if not pairs.centre(pairs.variables[at]) and (own == np.rint(own)).all():
            counts += [np.rint(own).astype(np.int64), both - np.rint(own).astype(np.int64)]
    return not any(
        ((one > 0) & (one < protection.minimum)).any() for one in counts if protection.minimum
    )


def _pairs_done(name: str, pairs: PairCells, kept: bool) -> ReleasedPass:
    cells = int(pairs.products.shape[-1] ** 2)
    words = (
        "whole: estimates are those inside"
        if kept
        else "left out: units seen at two points, or at one alone, are too few somewhere; "
        "standard errors that take units as clusters are not recomputed"
    )
    hidden = 0 if kept else cells
    return ReleasedPass(name, cells, hidden, 0, pairs.units, 0, False, 0, words)
