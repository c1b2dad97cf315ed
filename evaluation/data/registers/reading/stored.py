"""Stata and SAS files, copied as parquet a few rows at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import mkstemp
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.reading import parquet
from evaluation.data.registers.reading.contract import Header
from evaluation.errors import DataError

ENDINGS = ("dta", "sas7bdat")
FloatArray = NDArray[np.float64]

_ROWS = 250_000
_SECONDS_A_DAY = 86_400
# From 1960-01-01, where Stata and SAS both begin, to 1970-01-01.
_EPOCH_DAYS, _EPOCH_MONTHS = 3653, 120
_STATA: Mapping[str, str] = MappingProxyType(
    {"%TD": "days", "%D": "days", "%TC": "milliseconds", "%TM": "months"}
)
_SAS_DAYS = ("DATE", "DDMMYY", "MMDDYY", "YYMMDD", "E8601DA", "B8601DA", "WEEKDATE", "EURDFDD")
_SAS_TIMES = ("DATETIME", "E8601DT", "B8601DT", "EURDFDT")


def header(path: Path, reading: Reading, fields: Sequence[str], whole: bool, spill: Path) -> Header:
    """Copy the file to parquet and look at that; see ``contract.Format``."""
    from pyreadstat import PyreadstatError, ReadstatError

    ending = path.suffix.lower().removeprefix(".")
    try:
        copy = _copied(path, ending, spill)
    except (ReadstatError, PyreadstatError, UnicodeDecodeError, ValueError):
        raise DataError(f"is not a whole {ending} file; deliver it again") from None
    return parquet.header(copy, reading, fields, whole, spill)


relation = parquet.relation


def _copied(path: Path, ending: str, spill: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq
    import pyreadstat

    read: Any = {"dta": pyreadstat.read_dta, "sas7bdat": pyreadstat.read_sas7bdat}[ending]
    spill.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(suffix=".parquet", dir=spill)
    os.close(handle)
    frame, meta = read(str(path), metadataonly=True)
    names = list(meta.column_names)
    texts = {n for n, kind in meta.readstat_variable_types.items() if kind == "string"}
    counted = {n: _counted(meta.original_variable_types.get(n) or "", ending) for n in names}
    schema = pa.schema([(n, _type(n in texts, counted[n])) for n in names])
    with pq.ParquetWriter(name, schema, compression="zstd") as writer:
        chunks = pyreadstat.read_file_in_chunks(
            read, str(path), chunksize=_ROWS, disable_datetime_conversion=True
        )
        rows = 0
        for frame, _ in chunks:
            rows += len(frame)
            arrays = [_array(frame[n], n in texts, counted[n]) for n in names]
            writer.write_table(pa.table(arrays, schema=schema))
    if meta.number_rows is not None and meta.number_rows > rows:
        raise ValueError("rows are missing")
    return Path(name)


def _counted(format_: str, ending: str) -> str:
    """Return what a column of dates counts in, nothing for plain numbers."""
    form = format_.upper().replace("-", "")
    if ending == "dta":
        return _STATA.get(form[:3], _STATA.get(form[:2], ""))
    if form.startswith(_SAS_TIMES):
        return "seconds"
    return "days" if form.startswith(_SAS_DAYS) else ""


def _type(text: bool, counted: str) -> Any:
    import pyarrow as pa

    if text:
        return pa.string()
    return pa.date32() if counted else pa.float64()


def _array(values: Any, text: bool, counted: str) -> Any:
    import pyarrow as pa

    if text:
        return pa.array([one if isinstance(one, str) else None for one in values], pa.string())
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if not counted:
        return pa.array(numbers, pa.float64(), mask=np.isnan(numbers))
    missing = np.isnan(numbers)
    days = _DAYS[counted](np.where(missing, 0.0, numbers))
    return pa.array(days.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def _months(count: FloatArray) -> FloatArray:
    months = count.astype(np.int64).astype("datetime64[M]") - _EPOCH_MONTHS
    return np.asarray(months.astype("datetime64[D]").astype(np.float64))


_DAYS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        "days": lambda count: np.floor(count) - _EPOCH_DAYS,
        "seconds": lambda count: np.floor(count / _SECONDS_A_DAY) - _EPOCH_DAYS,
        "milliseconds": lambda count: np.floor(count / (1000 * _SECONDS_A_DAY)) - _EPOCH_DAYS,
        "months": _months,
    }
)
