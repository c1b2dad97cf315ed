"""The rows of a chunk as one file, without data frames in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from data_synth.panel.makers import LABELS, MAKERS
from data_synth.panel.rows import Rows, Values
from data_synth.places.layout import Places

if TYPE_CHECKING:
    import pyarrow as pa

# Whole numbers with gaps, which arrays hold as floats: the type is the same in every part.
_WHOLE: Mapping[str, type[np.signedinteger[Any]]] = MappingProxyType(
    {
        **{name: np.int8 for name in MAKERS if name.startswith(("sa_entry", "sa_exit"))},
        "adopted_earliest": np.int32,
        "adopted_latest": np.int32,
        "kvp_from_ym": np.int32,
        "earnings_nok": np.int32,
    }
)


def write_rows(rows: Rows, columns: Sequence[str], path: Path, form: str) -> None:
    """Write columns of ``rows``, in the order given, to ``path``.

    Whole numbers stay as small as they are made; what may be missing and is whole elsewhere
    becomes a nullable whole number; codes become dictionaries of text.

    Parameters
    ----------
    form
        ``parquet`` or ``csv``. A missing value is null in the one and empty in the other.

    Raises
    ------
    OSError
        Where the file cannot be written.
    """
    import pyarrow as pa

    places = rows.lives.places
    made = {name: _column(name, MAKERS[name](rows), places) for name in columns}
    _WRITE[form](pa.table(made), path)


def _column(name: str, values: Values, places: Places) -> pa.Array:
    import pyarrow as pa

    if name in LABELS:
        return pa.DictionaryArray.from_arrays(values, pa.array(list(LABELS[name](places))))
    if name in _WHOLE:
        missing = np.isnan(values)
        return pa.array(np.where(missing, 0, values).astype(_WHOLE[name]), mask=missing)
    return pa.array(values)


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # By measurement, on rows by person and month: plain numbers under zstd take as little room as
    # dictionaries, in two thirds of the time. Bounds of whole numbers help to find rows, and tell
    # a reader which columns have few values.
    coded = [name for name in table.column_names if name in LABELS or name == "exposure_share"]
    bounded = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    pq.write_table(table, path, compression="zstd", use_dictionary=coded, write_statistics=bounded)


def _write_csv(table: pa.Table, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    # Arrow would set quotes around every name.
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        csv.write_csv(pa.table(plain, names=table.column_names), file, options)


_WRITE: Mapping[str, Callable[[pa.Table, Path], None]] = MappingProxyType(
    {"parquet": _write_parquet, "csv": _write_csv}
)
