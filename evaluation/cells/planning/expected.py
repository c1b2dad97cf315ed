"""How many cells a pass is expected to have, before any row is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.cells.plan import CellPass, Plan
from evaluation.cells.planning.levels import Levels
from evaluation.cells.relation import ColumnFacts
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Expected:
    """Cells of a pass.

    Attributes
    ----------
    known
        Product of the values that are known: the most cells there can be for every joint value of
        the columns in ``unknown``.
    unknown
        Parts of the key whose number of values nobody knows.
    """

    known: int
    unknown: tuple[str, ...]


def expected_cells(
    spec: Spec,
    plan: Plan,
    one: CellPass,
    columns: Mapping[str, ColumnFacts] | None,
    rows: int | None = None,
) -> Expected:
    """Return the most cells that a pass can have, by the values its key is known to take.

    A flag of columns that stand in the key themselves adds none.

    Parameters
    ----------
    spec, plan, one
        A pass of a spec's plan.
    columns
        Facts by column, ``None`` where nothing is known.
    rows
        Rows of the source, which there cannot be more cells than; ``None`` where unknown.
    """
    levels = Levels(spec, plan.calendar, columns or {}, {flag.name: flag for flag in plan.flags})
    held = {part for part in one.key if part not in levels.flags}
    counts = {
        part: levels.of(part)
        for part in one.key
        if part in held or not levels.sources(part) <= held
    }
    known = math.prod(count for count in counts.values() if count is not None)
    unknown = tuple(part for part, count in counts.items() if count is None)
    return Expected(known if rows is None or unknown else min(known, rows), unknown)
