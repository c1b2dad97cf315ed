"""Canonical frames as typed tables, with opaque keys: the same columns and types in every part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_synth.shapes.declared.registers import OPTIONAL, REGISTERS, Kind
from data_synth.shapes.keys import opaque_ids
from evaluation.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SEPARATOR = "+"  # between the codes of a set; neither a comma nor a semicolon, which part columns


_NUMBERS_A_PERSON = 2**31  # as many as a 32-bit number has


def arrow_table(name: str, frame: pd.DataFrame, seed: int) -> Any:
    """Return the canonical table ``name`` as a ``pyarrow.Table`` with the declared columns.

    Numbers of persons, jobs and households become opaque keys of ``seed``; months are 32-bit
    integers YYYYMM, dates days, codes texts, counts and kroner 64-bit integers, and what is
    missing is null.

    Raises
    ------
    DataError
        For a column that the table must have and has not, or that holds what its kind does not
        allow.
    """
    import pyarrow as pa

    declared = REGISTERS[name].columns
    lacking = [c for c in declared if c not in frame.columns and c not in OPTIONAL]
    if lacking:
        raise DataError(
            f'table "{name}": lacks {", ".join(lacking)}; its columns are {", ".join(declared)}'
        )
    arrays = []
    for column, kind in declared.items():
        if column not in frame.columns:
            arrays.append(pa.nulls(len(frame), _type(kind)))
            continue
        try:
            values = frame[column]
            if kind is Kind.OWN_KEY:
                values = frame["person_id"] * _NUMBERS_A_PERSON + values
            arrays.append(_array(values, column, kind, seed))
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            raise DataError(
                f'table "{name}", column "{column}": holds what is no {kind}; '
                f"convert it before it is delivered"
            ) from None
    return pa.table(arrays, names=list(declared))


def _type(kind: Kind) -> Any:
    import pyarrow as pa

    types = {
        Kind.KEY: pa.string(),
        Kind.OWN_KEY: pa.string(),
        Kind.MONTH: pa.int32(),
        Kind.DATE: pa.date32(),
        Kind.CODE: pa.string(),
        Kind.NUMBER: pa.int64(),
        Kind.NOK: pa.int64(),
        Kind.SHARE: pa.float64(),
    }
    return types[kind]


def _array(values: pd.Series[Any], column: str, kind: Kind, seed: int) -> Any:
    import pyarrow as pa

    if kind in (Kind.KEY, Kind.OWN_KEY):
        return _keys(values, column.removesuffix("_id"), seed)
    if kind is Kind.CODE:
        return _codes(values)
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array.cast(_type(kind))


def _keys(values: pd.Series[Any], unit: str, seed: int) -> Any:
    import pandas as pd
    import pyarrow as pa

    codes, distinct = pd.factorize(values)
    keys = pa.array(opaque_ids(distinct.tolist(), seed, unit), pa.string())
    return keys.take(pa.array(codes, mask=codes < 0))


def _codes(values: pd.Series[Any]) -> Any:
    """Return texts; few are distinct, so each is made once."""
    import pandas as pd
    import pyarrow as pa

    hashable = values.map(_joined) if values.dtype == object else values
    codes, distinct = pd.factorize(hashable)
    texts = pa.array([str(value) for value in distinct.tolist()], pa.string())
    return texts.take(pa.array(codes, mask=codes < 0))


def _joined(value: Any) -> Any:
    if isinstance(value, (set, frozenset, tuple, list)):
        return SEPARATOR.join(sorted(value)) if value else None
    return value
