"""A few rows of a file that knows its types, for the texts and whole numbers in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evaluation.data.registers.drafting.sample import Sample

_ROWS = 500


def typed_sample(path: Path) -> Sample | None:
    """Return the columns of a parquet, dta or sas7bdat file; ``None`` where it is not whole."""
    import pyarrow as pa
    import pyreadstat

    stata = path.suffix.lower() == ".dta"
    reader = pyreadstat.read_dta if stata else pyreadstat.read_sas7bdat
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _stored(path, reader)
    except (pa.ArrowException, OSError, ValueError, *_faults()):
        return None
    kinds = zip(table.column_names, table.schema.types, strict=True)
    texts = [name for name, kind in kinds if pa.types.is_string(kind) or pa.types.is_integer(kind)]
    values = {
        name: [str(one).strip() for one in table[name].to_pylist() if one is not None]
        for name in texts
    }
    return Sample("utf-8", "", tuple(table.column_names), values=values)


def _faults() -> tuple[type[Exception], ...]:
    from pyreadstat import PyreadstatError, ReadstatError

    return PyreadstatError, ReadstatError


def _parquet(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    batch = next(file.iter_batches(batch_size=_ROWS), None)
    return file.schema_arrow.empty_table() if batch is None else pa.Table.from_batches([batch])


def _stored(path: Path, reader: Callable[..., Any]) -> Any:
    import pyarrow as pa

    frame, _ = reader(str(path), row_limit=_ROWS)
    return pa.Table.from_pandas(frame, preserve_index=False)
