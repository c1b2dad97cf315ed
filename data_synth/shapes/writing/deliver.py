"""What all shapes do alike: lay traps, type the tables, write the files, count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_synth.shapes.declared.registers import REFERENCE, REGISTERS
from data_synth.shapes.traps.lay import lay_traps
from data_synth.shapes.traps.touched import Touched
from data_synth.shapes.writing.arrow import arrow_table
from data_synth.shapes.writing.files import refuse_format, write_table
from data_synth.shapes.writing.manifest import close_delivery, note_part
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World


@dataclass(frozen=True)
class File:
    """A file of a delivery.

    Attributes
    ----------
    table
        What it holds, a ``pyarrow.Table``.
    key
        Column of the keys of its units, persons for most, to count them by; empty for none.
    touched
        What a trap of the file itself, not of its rows, touched.
    """

    table: Any
    key: str = ""
    touched: tuple[Touched, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return the rows and the distinct units."""
        import pyarrow.compute as pc

        column = self.table[self.key] if self.key else None
        units = 0 if column is None else pc.count_distinct(column).as_py()
        return {"rows": self.table.num_rows, "units": units}


Layout = Callable[[Mapping[str, Any], "World", int], Mapping[str, File]]


def deliver(
    shape: Any,
    layout: Layout,
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    part: str,
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write one part of a shape: traps, then ``layout``, then a file for each name it returns.

    Raises
    ------
    SpecError
        For a format that the shape does not write.
    DataError
        For a table that is missing or is not as declared.
    """
    refuse_format(format, shape.FORMATS)
    typed, touched = _typed(tables, shape.TABLES, world, seed)
    files = layout(typed, world, seed)
    for name, file in files.items():
        write_table(file.table, folder / name / part, format)
    of_files = tuple(one for file in files.values() for one in file.touched)
    counts = {name: file.counts() for name, file in files.items()}
    note_part(folder, part, counts, (*touched, *of_files))


def close(
    shape: Any,
    folder: Path,
    reference: Mapping[str, pd.DataFrame],
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write the reference tables, one file each in their canonical columns, and the manifest.

    Raises
    ------
    SpecError, DataError
        As for ``deliver``.
    """
    refuse_format(format, shape.FORMATS)
    typed, touched = _typed(reference, shape.REFERENCE, world, seed)
    for name, table in typed.items():
        write_table(table, folder / name / name, format)
    head = {
        "shape": shape.NAME,
        "format": format,
        "tables": {name: _declared(name) for name in (*shape.TABLES, *shape.REFERENCE)},
        "carries": {column: list(way) for column, way in shape.CARRIES.items()},
    }
    counts = {name: File(table).counts() for name, table in typed.items()}
    close_delivery(folder, world, head, counts, touched)


def _typed(
    tables: Mapping[str, pd.DataFrame], wanted: tuple[str, ...], world: World, seed: int
) -> tuple[dict[str, Any], tuple[Touched, ...]]:
    lacking = [name for name in wanted if name not in tables]
    if lacking:
        raise DataError(f"delivery: lacks the tables {', '.join(lacking)}; hand them over too")
    laid = lay_traps({name: tables[name] for name in wanted}, world, seed)
    return {name: arrow_table(name, laid.tables[name], seed) for name in wanted}, laid.touched


def _declared(name: str) -> dict[str, Any]:
    one = REGISTERS[name]
    return {
        "temporality": None if name in REFERENCE else str(one.temporality),
        "open_end": None if one.open_end is None else str(one.open_end),
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "columns": {column: str(kind) for column, kind in one.columns.items()},
    }
