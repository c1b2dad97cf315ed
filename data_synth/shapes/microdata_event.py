"""One file a variable: identifier, value, start, stop, attributes, and JSON metadata beside it.

The platform's own input has the same five fields without a line of names; here the names stand in
the first line, so that every file says what it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from data_synth.shapes.declared.carried import carried
from data_synth.shapes.declared.registers import REFERENCE as _PLACES
from data_synth.shapes.declared.variable import Combine, Variable
from data_synth.shapes.declared.variables import VARIABLES
from data_synth.shapes.writing.deliver import File, close, deliver
from data_synth.shapes.writing.files import join_parts, refuse_format
from data_synth.shapes.writing.metadata import metadata_of
from data_synth.shapes.writing.periods import start_stop

if TYPE_CHECKING:
    import pandas as pd

    from data_synth.world.schema import World

NAME = "microdata_event"
FORMATS = ("csv", "parquet")
TABLES = tuple(dict.fromkeys(one.table for one in VARIABLES))
REFERENCE = _PLACES
CARRIES = carried((*TABLES, *REFERENCE))

FIELDS = ("id", "value", "start", "stop", "attributes")


def write(
    tables: Mapping[str, pd.DataFrame],
    folder: Path,
    part: str,
    world: World,
    seed: int,
    format: str,
) -> None:
    """Write one chunk of persons, a file a variable; see ``contract.Shape``."""
    deliver(sys.modules[__name__], _layout, tables, folder, part, world, seed, format)


def finish(
    folder: Path,
    reference: Mapping[str, pd.DataFrame],
    world: World,
    seed: int,
    format: str,
) -> None:
    """Close the delivery; parts in text become one file a variable. See ``contract.Shape``."""
    refuse_format(format, FORMATS)
    folder.mkdir(parents=True, exist_ok=True)
    for variable in VARIABLES:
        parts = folder / variable.name
        if format == "csv" and parts.is_dir():
            join_parts(parts, "csv", folder / f"{variable.name}.csv")
        text = json.dumps(metadata_of(variable, world), indent=2, ensure_ascii=False)
        target = folder / f"{variable.name}.json"
        target.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    close(sys.modules[__name__], folder, reference, world, seed, format)


def _layout(tables: Mapping[str, Any], world: World, seed: int) -> Mapping[str, File]:
    return {one.name: File(_rows(one, tables[one.table]), "id") for one in VARIABLES}


def _rows(variable: Variable, table: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if variable.only is not None:
        column, code = variable.only
        table = table.filter(pc.equal(table[column], code))
    table = table.filter(pc.is_valid(table[variable.value]))
    start, stop = start_stop(table, variable.period, variable.dates)
    empty = pa.nulls(table.num_rows, pa.string())
    attribute = table[variable.attribute] if variable.attribute else empty
    rows = pa.table(
        [table[variable.id], table[variable.value], start, stop, attribute], names=list(FIELDS)
    )
    return _COMBINED[variable.combine](rows)


def _keep(rows: Any) -> Any:
    return rows


def _first(rows: Any) -> Any:
    return rows.take(np.flatnonzero(~_repeated(rows, "first")))


def _last(rows: Any) -> Any:
    return rows.take(np.flatnonzero(~_repeated(rows, "last")))


def _sum(rows: Any) -> Any:
    import pyarrow as pa

    first = ~_repeated(rows, "first")
    group = np.cumsum(first) - 1  # rows of a unit and period follow one another
    sums = np.zeros(int(first.sum()), dtype=np.int64)
    np.add.at(sums, group, rows["value"].to_numpy())
    kept = rows.take(np.flatnonzero(first))
    return kept.set_column(kept.column_names.index("value"), "value", pa.array(sums))


def _repeated(rows: Any, keep: Literal["first", "last"]) -> NDArray[np.bool_]:
    periods = rows.select(["id", "start", "stop"]).to_pandas()
    return np.asarray(periods.duplicated(keep=keep))


_COMBINED: Mapping[Combine, Callable[[Any], Any]] = MappingProxyType(
    {Combine.KEEP: _keep, Combine.FIRST: _first, Combine.LAST: _last, Combine.SUM: _sum}
)
