"""Values that a file holds with a type, as the text that the reading of the table expects."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.sql import literal, quoted

_FLOATS = ("DOUBLE", "FLOAT", "REAL", "DECIMAL")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT")
_UNSIGNED = ("UINTEGER", "UBIGINT", "UHUGEINT")
_TIMES = ("TIMESTAMP",)


def is_number(type_: str) -> bool:
    """Whether a SQL type is one of numbers, so that leading zeros are not kept."""
    return type_.startswith((*_FLOATS, *_WHOLE, *_UNSIGNED))


def is_readable(type_: str) -> bool:
    """Whether a column of this SQL type can be a column of a register."""
    plain = ("VARCHAR", "DATE", "BOOLEAN", *_TIMES)
    return is_number(type_) or (type_.startswith(("ENUM", *plain)) and not type_.endswith("[]"))


def rendered(column: str, type_: str, reading: Reading) -> str:
    """Return a column as SQL text, named as it was; what stands for missing is ``NULL``.

    Whole numbers have no decimals, dates are ISO, a time loses its hours, and decimals are parted
    as the reading has it.
    """
    name = quoted(column)
    return f"{_text(name, type_, reading)} AS {name}"


def _text(name: str, type_: str, reading: Reading) -> str:
    if type_.startswith(_TIMES):
        return f"CAST(CAST({name} AS DATE) AS VARCHAR)"
    if type_ == "BOOLEAN":
        return f"CAST(CAST({name} AS TINYINT) AS VARCHAR)"
    if type_ == "DATE" or type_.startswith((*_WHOLE, *_UNSIGNED)):
        return f"CAST({name} AS VARCHAR)"
    if type_.startswith(_FLOATS):
        decimals = f"replace(CAST({name} AS VARCHAR), '.', {literal(reading.decimal)})"
        whole = f"CAST(CAST({name} AS BIGINT) AS VARCHAR)"
        fits = f"abs({name}) < 1e15 AND {name} = trunc({name})"
        nothing = f"isnan(CAST({name} AS DOUBLE))"
        return f"CASE WHEN {nothing} THEN NULL WHEN {fits} THEN {whole} ELSE {decimals} END"
    return without_missing(f"trim(CAST({name} AS VARCHAR))", reading.missing)


def without_missing(text: str, missing: Sequence[str]) -> str:
    """Return SQL text with ``NULL`` for what stands for missing."""
    if not missing:
        return text
    words = ", ".join(literal(word) for word in missing)
    return f"CASE WHEN {text} IN ({words}) THEN NULL ELSE {text} END"
