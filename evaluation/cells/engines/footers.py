"""What the footers of parquet files say, without reading their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.cells.relation import ColumnFacts, Kind
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

# What a name that DuckDB takes for a pattern would hold.
PATTERN = frozenset("*?[")


@dataclass(frozen=True)
class Footers:
    """Columns of a set of parquet files.

    Attributes
    ----------
    columns
        Facts by column.
    same_types
        Whether every file holds the columns in the same types; else some are wider than others.
    zoned
        Columns of time stamps with a time zone, which is UTC.
    """

    columns: dict[str, ColumnFacts]
    same_types: bool
    zoned: tuple[str, ...]


def read_footers(files: Sequence[Path], columns: Iterable[str]) -> Footers:
    """Return what the footers of files say of some columns.

    Raises
    ------
    DataError
        A file that is no whole parquet file or lacks a column, a column whose type changes between
        files, or is of a type that no cell can hold.
    """
    wanted = tuple(columns)
    found = [_read(file) for file in files]
    kinds: dict[str, Kind] = {}
    types: dict[str, set[Any]] = {name: set() for name in wanted}
    for file, (schema, _) in zip(files, found, strict=True):
        for name in wanted:
            field = _field(file, schema, name)
            kind = kind_of(field, name, file.name)
            if kinds.setdefault(name, kind) != kind:
                raise DataError(
                    f"{file.name}: column {name!r} holds {_WORDS[kind]}, in {files[0].name} "
                    f"{_WORDS[kinds[name]]}; write every file with the same types"
                )
            types[name].add(field)
    facts = {name: _facts(kinds[name], name, found) for name in wanted}
    zoned = tuple(name for name in wanted if any(getattr(one, "tz", None) for one in types[name]))
    return Footers(facts, all(len(one) <= 1 for one in types.values()), zoned)


_WORDS: dict[Kind, str] = {
    "integer": "whole numbers",
    "boolean": "true and false",
    "float": "numbers with decimals",
    "text": "text",
    "date": "dates",
}


def kind_of(kind: pa.DataType, name: str, file: str) -> Kind:
    """Return the kind of an Arrow type.

    Raises
    ------
    DataError
        Where it is none that a cell can hold.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type, name, file)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_time(kind):
        raise DataError(
            f"{file}: column {name!r} holds lists, tables or durations; write it as "
            "numbers, text or dates"
        )
    if pa.types.is_timestamp(kind) and kind.tz not in (None, "UTC", "+00:00"):
        raise DataError(
            f"{file}: column {name!r} holds time stamps of a time zone; write dates without one"
        )
    tests: tuple[tuple[Any, Kind], ...] = (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_null, "integer"),
        (pa.types.is_floating, "float"),
        (pa.types.is_decimal, "float"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "date"),
    )
    return next((found for test, found in tests if test(kind)), "text")


def _read(file: Path) -> tuple[Any, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if PATTERN.intersection(str(file)):
        raise DataError(f"{file.name}: its name or folder holds *, ? or [; rename it")
    try:
        found = pq.ParquetFile(file)
        return found.schema_arrow, found.metadata
    except FileNotFoundError:
        raise DataError(f"{file.name}: no such file; check the name and the folder") from None
    except (pa.ArrowInvalid, OSError):
        raise DataError(f"{file.name}: is not a whole parquet file; write it again") from None


def _field(file: Path, schema: pa.Schema, name: str) -> pa.DataType:
    same = [one for one in schema.names if one.lower() == name.lower()]
    if name not in same:
        raise DataError(f"{file.name}: no column {name!r} in this file; write it again with it")
    if len(same) > 1:
        other = next(one for one in same if one != name)
        raise DataError(
            f"{file.name}: columns {name!r} and {other!r} differ in capitals alone; rename one"
        )
    return schema.field(name).type


def _facts(kind: Kind, name: str, found: Sequence[tuple[Any, Any]]) -> ColumnFacts:
    """Return bounds and missing values over all row groups, where every one of them says."""
    low: int | None = None
    high: int | None = None
    bounded, counted, nulls = kind in ("integer", "boolean"), True, 0
    for _, metadata in found:
        at = _leaf(metadata, name)
        for group in range(metadata.num_row_groups):
            column = metadata.row_group(group).column(at)
            said = column.statistics
            if said is None or not said.has_null_count:
                counted = False
            else:
                nulls += said.null_count
            if said is None or not said.has_min_max:
                empty = said is not None and said.num_values == 0
                bounded = bounded and (empty or column.num_values == 0)
            elif bounded:
                low = int(said.min) if low is None else min(low, int(said.min))
                high = int(said.max) if high is None else max(high, int(said.max))
    known = bounded and low is not None
    # Statistics of floats do not count NaN, which is missing too.
    sure = counted and kind != "float"
    return ColumnFacts(
        kind, low if known else None, high if known else None, nulls if sure else None
    )


def _leaf(metadata: Any, name: str) -> int:
    schema = metadata.schema
    return next(at for at in range(len(schema)) if schema.column(at).path == name)
