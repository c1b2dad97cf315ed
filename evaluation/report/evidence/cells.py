"""The smallest cells of a run: what would leave with them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluation.cells.gathered import CellTable, Gathered
from evaluation.cells.plan import ROWS
from evaluation.results import Evidence


def cell_evidence(spec_id: str, gathered: Gathered | None) -> Iterator[Evidence]:
    """Yield the fewest rows, and the fewest with 1 and with 0, that a cell of each pass has.

    Parameters
    ----------
    spec_id
        The spec.
    gathered
        The cells; ``None`` where there are none.
    """
    for name, table in () if gathered is None else sorted(gathered.tables.items()):
        rows = table.frame[ROWS].to_numpy(np.int64)
        if not len(rows):
            continue
        yield Evidence(spec_id, f"cells:{name}", 0, "", "rows", int(rows.min()))
        for column in sorted(_shares(table)):
            events = table.frame[column].to_numpy(np.float64)
            place = (spec_id, f"cells:{name}", 0, column)
            yield Evidence(*place, "events", round(float(events.min())))
            yield Evidence(*place, "non_events", round(float((rows - events).min())))


def _shares(table: CellTable) -> Iterator[str]:
    """Yield the sums of quantities that are 0 or 1 in every row: those without a square."""
    squared = {first for first, second in table.made.products if first == second}
    weighted = "ad_weight" in table.frame
    for at, quantity in enumerate(table.made.quantities):
        column = f"ad_sum_{quantity.name}"
        if at not in squared and column in table.frame and not weighted:
            yield column
