"""Parquet files, whose columns have types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.reading.contract import Header
from evaluation.data.registers.reading.rendering import rendered
from evaluation.data.registers.sql import literal
from evaluation.errors import DataError

ENDINGS = ("parquet",)
_NAMES = {
    "string": "VARCHAR",
    "large_string": "VARCHAR",
    "string_view": "VARCHAR",
    "null": "VARCHAR",
    "bool": "BOOLEAN",
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
    "halffloat": "FLOAT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "date32[day]": "DATE",
    "date64[ms]": "TIMESTAMP",
}


def header(path: Path, reading: Reading, fields: Sequence[str], whole: bool, spill: Path) -> Header:
    """Read names and types from the file's footer; see ``contract.Format``."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        raise DataError("is not a whole parquet file; deliver it again") from None
    return Header(path, tuple(schema.names), tuple(_sql_type(field.type) for field in schema))


def _sql_type(type_: Any) -> str:
    """Return the type that DuckDB reads a column as; its own name where that is no plain value."""
    import pyarrow as pa

    if pa.types.is_dictionary(type_):
        return _sql_type(type_.value_type)
    name = str(type_)
    if name in _NAMES:
        return _NAMES[name]
    tests = (("DECIMAL", pa.types.is_decimal), ("TIMESTAMP", pa.types.is_timestamp))
    return next((word for word, test in tests if test(type_)), name)


def relation(headers: Sequence[Header], wanted: Sequence[str], reading: Reading) -> str:
    """Return the SELECT of files of one header; see ``contract.Format``."""
    one = headers[0]
    types = dict(zip(one.columns, one.types, strict=True))
    files = ", ".join(literal(_plain(header.path)) for header in headers)
    columns = ", ".join(rendered(name, types[name], reading) for name in wanted)
    return f"SELECT {columns} FROM read_parquet([{files}])"


def _plain(path: Path) -> str:
    """Return a path that DuckDB does not read as a pattern."""
    return "".join(f"[{one}]" if one in "*?[" else one for one in str(path))
