"""One pass for a sample whose rows are groups: its cells are the rows of every model."""

from __future__ import annotations

from evaluation.cells.plan import CellPass, Quantity
from evaluation.data.coarsen import averaged_columns, columns_used_later
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec


def grouped_pass(spec: Spec, rows: GroupedRows) -> CellPass:
    """Return the pass whose key is the group, the time and all that must not vary inside a group.

    Parameters
    ----------
    spec
        What is asked; the source's own periods.
    rows
        What makes a group.
    """
    averaged = [name for name in averaged_columns(spec) if name not in rows.by]
    time = () if spec.panel.time is None else (spec.panel.time,)
    constant = columns_used_later(spec) - {*averaged, *rows.by, *time}
    return CellPass(
        name="cells_1",
        key=(*rows.by, *time, *sorted(constant - {spec.panel.weight})),
        quantities=tuple(Quantity(name, name) for name in averaged),
        products=(),
    )
