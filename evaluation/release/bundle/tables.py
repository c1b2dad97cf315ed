"""Whether the tables of a stranger's cells have the columns that their plan promises."""

from __future__ import annotations

from pathlib import Path

from evaluation.cells.plan import MISSING, ROWS, WEIGHT, CellPass, Plan
from evaluation.cells.store.kept import read_kept
from evaluation.cells.sums import sum_name
from evaluation.errors import DataError


def refuse_other_tables(folder: Path, label: str) -> None:
    """Refuse cells that lack a column, or hold text where a number is summed.

    Parameters
    ----------
    folder
        Cells in the format of the store.
    label
        What they are called in messages.

    Raises
    ------
    DataError
        Where a table is not the one that ``cells.json`` describes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = read_kept(folder)
    for made in kept.plan.passes:
        file = f"{made.name}.parquet"
        if file not in kept.files:
            continue
        columns = {one.name: one.type for one in pq.ParquetFile(folder / file).schema_arrow}
        sums = _sums(kept.plan, made)
        lacking = {*made.key, *sums} - columns.keys()
        words = [
            name
            for name in sums
            if name in columns
            and not (
                pa.types.is_integer(columns[name])
                or pa.types.is_floating(columns[name])
                or pa.types.is_decimal(columns[name])
            )
        ]
        if lacking or words:
            raise DataError(
                f"{label}: {file} has other columns than cells.json says; get the bundle again "
                "from where it was published"
            )


def _sums(plan: Plan, made: CellPass) -> set[str]:
    names = [one.name for one in made.quantities]
    crossed = {sum_name(names[low], names[high]) for low, high in made.products}
    weight = {WEIGHT} if plan.weight is not None else set()
    return {ROWS, MISSING, *(sum_name(name) for name in names), *crossed, *weight}
