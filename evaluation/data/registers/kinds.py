"""Text of a delivery as typed values: SQL by kind of column and form of writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from evaluation.data.registers.contract import Column, Kind
from evaluation.data.registers.identity import hashed
from evaluation.data.registers.mapping import Reading
from evaluation.data.registers.sql import literal

_FIRST_YEAR, _LAST_YEAR = 1800, 9999
_AHEAD = 5  # years after the delivery's last that two digits may mean

TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PERSON: "VARCHAR",
        Kind.KEY: "VARCHAR",
        Kind.MONTH: "INTEGER",
        Kind.YEAR: "INTEGER",
        Kind.DATE: "DATE",
        Kind.CODE: "VARCHAR",
        Kind.CODES: "VARCHAR",
        Kind.NUMBER: "BIGINT",
        Kind.NOK: "BIGINT",
        Kind.DECIMAL: "DOUBLE",
    }
)

WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PERSON: "a key",
        Kind.KEY: "a key",
        Kind.MONTH: "a month; allowed: YYYYMM, YYYY-MM, or a date as reading.dates says",
        Kind.YEAR: "a year; allowed: YYYY, or a date as reading.dates says",
        Kind.DATE: "a date; allowed: YYYY-MM-DD, or as reading.dates says",
        Kind.CODE: "a code",
        Kind.CODES: "codes",
        Kind.NUMBER: "a whole number; reading.decimal and reading.thousands say how it is written",
        Kind.NOK: "whole kroner; reading.decimal and reading.thousands say how they are written",
        Kind.DECIMAL: "a number; reading.decimal and reading.thousands say how it is written",
    }
)


def typed(text: str, column: Column, reading: Reading, last_year: int) -> str:
    """Return SQL of a typed value, ``NULL`` where the text is not of its kind.

    Parameters
    ----------
    text
        SQL of the text, ``NULL`` where missing.
    column
        What it should hold.
    reading
        How it is written.
    last_year
        Of the delivery: two digits of a year mean at most five years later.
    """
    return _SQL[column.kind](text, reading, last_year)


def recoded(text: str, column: Column, codes: Mapping[str, str]) -> str:
    """Return SQL of a text with canonical codes for those of the file; others stay."""
    if not codes:
        return text
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in codes.items())
    if column.kind is not Kind.CODES:
        return f"CASE {text} {cases} ELSE {text} END"
    each = f"list_transform({_split(text)}, lambda one: CASE one {cases} ELSE one END)"
    return f"array_to_string({each}, '+')"


def outside(value: str, column: Column) -> str | None:
    """Return the condition that a typed value is not allowed, ``None`` where any is."""
    conditions = []
    listed = ", ".join(literal(code) for code in column.codes)
    if column.codes and column.kind is Kind.CODES:
        conditions.append(f"NOT list_has_all([{listed}], string_split({value}, '+'))")
    elif column.codes:
        conditions.append(f"{value} NOT IN ({listed})")
    if column.width:
        conditions.append(f"length({value}) <> {column.width}")
    if column.low is not None:
        conditions.append(f"{value} < {column.low!r}")
    if column.high is not None:
        conditions.append(f"{value} > {column.high!r}")
    return " OR ".join(conditions) or None


def allowed(column: Column) -> str:
    """Return in words what ``outside`` lets pass."""
    if column.codes:
        shown = ", ".join(f'"{code}"' for code in column.codes[:12])
        more = f" and {len(column.codes) - 12} more" if len(column.codes) > 12 else ""
        return f"allowed: {shown}{more}; recode others under codes in the mapping"
    if column.width:
        digits = "character" if column.width == 1 else "characters"
        return (
            f"allowed: codes of {column.width} {digits}, leading zeros kept; deliver them as text"
        )
    low = "" if column.low is None else f"at least {column.low:g}"
    high = "" if column.high is None else f"at most {column.high:g}"
    return f"allowed: {' and '.join(one for one in (low, high) if one)}; correct the files"


def _key(text: str, reading: Reading, last_year: int) -> str:
    return hashed(text)


def _code(text: str, reading: Reading, last_year: int) -> str:
    return text


def _codes(text: str, reading: Reading, last_year: int) -> str:
    parts = f"list_sort(list_distinct({_split(text)}))"
    return f"nullif(array_to_string(list_filter({parts}, lambda one: one <> ''), '+'), '')"


def _split(text: str) -> str:
    return f"string_split_regex({text}, '[+,;/ ]+')"


def _month(text: str, reading: Reading, last_year: int) -> str:
    number = f"TRY_CAST({text} AS INTEGER)"
    plain = (
        f"CASE WHEN {number} BETWEEN {_FIRST_YEAR}01 AND {_LAST_YEAR}12 AND "
        f"{number} % 100 BETWEEN 1 AND 12 THEN {number} // 100 * 12 + {number} % 100 - 1 END"
    )
    dashed = f"regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}')"
    date = _date(text, reading, last_year)
    of_date = f"CAST(year({date}) * 12 + month({date}) - 1 AS INTEGER)"
    of_dashed = (
        f"CASE WHEN CAST({text}[6:7] AS INTEGER) BETWEEN 1 AND 12 AND CAST({text}[1:4] AS INTEGER) "
        f">= {_FIRST_YEAR} "
        f"THEN CAST({text}[1:4] AS INTEGER) * 12 + CAST({text}[6:7] AS INTEGER) - 1 END"
    )
    return (
        f"CASE WHEN length({text}) = 6 THEN {plain} WHEN {dashed} THEN {of_dashed} "
        f"ELSE {of_date} END"
    )


def _year(text: str, reading: Reading, last_year: int) -> str:
    four = f"regexp_full_match({text}, '[0-9]{{4}}')"
    number = f"CAST({text} AS INTEGER)"
    plain = f"CASE WHEN {number} >= {_FIRST_YEAR} THEN {number} END"
    date = _date(text, reading, last_year)
    return f"CASE WHEN {four} THEN {plain} ELSE CAST(year({date}) AS INTEGER) END"


def _date(text: str, reading: Reading, last_year: int) -> str:
    iso = (
        f"CASE WHEN length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-' "
        f"THEN TRY_CAST({text} AS DATE) END"
    )
    if reading.dates == "YYYY-MM-DD":
        return _bounded(iso)
    own = _DATES[reading.dates](text, last_year)
    return _bounded(f"CASE WHEN {text}[5] = '-' THEN {iso} ELSE {own} END")


def _bounded(date: str) -> str:
    return f"CASE WHEN year({date}) BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR} THEN {date} END"


def _year_first(text: str, last_year: int) -> str:
    return _parts(text, "[0-9]{8}", f"{text}[1:4]", f"{text}[5:6]", f"{text}[7:8]")


def _day_first(text: str, last_year: int) -> str:
    full = f"lpad({text}, 8, '0')"
    return _parts(text, "[0-9]{7,8}", f"{full}[5:8]", f"{full}[3:4]", f"{full}[1:2]")


def _two_digits(text: str, last_year: int) -> str:
    full = f"lpad({text}, 6, '0')"
    short = f"CAST({full}[5:6] AS INTEGER)"
    latest = last_year + _AHEAD
    century = latest // 100 * 100
    year = (
        f"CAST({short} + CASE WHEN {short} <= {latest % 100} THEN {century} "
        f"ELSE {century - 100} END AS VARCHAR)"
    )
    return _parts(text, "[0-9]{5,6}", year, f"{full}[3:4]", f"{full}[1:2]")


def _dotted(text: str, last_year: int) -> str:
    form = "[0-9]{2}[.][0-9]{2}[.][0-9]{4}"
    return _parts(text, form, f"{text}[7:10]", f"{text}[4:5]", f"{text}[1:2]")


def _sas_days(text: str, last_year: int) -> str:
    form = f"regexp_full_match({text}, '-?[0-9]{{1,5}}')"
    return f"CASE WHEN {form} THEN DATE '1960-01-01' + CAST({text} AS INTEGER) END"


def _parts(text: str, form: str, year: str, month: str, day: str) -> str:
    whole = f"{year} || '-' || {month} || '-' || {day}"
    return f"CASE WHEN regexp_full_match({text}, '{form}') THEN TRY_CAST({whole} AS DATE) END"


def _whole(text: str, reading: Reading, last_year: int) -> str:
    mark = _escaped(reading.decimal)
    form = f"[+-]?{_digits(reading)}({mark}0*)?"
    bare = _ungrouped(f"regexp_replace({text}, '{mark}0*$', '')", reading)
    plain = f"TRY_CAST({text} AS BIGINT)"
    # Most numbers are bare digits, which are told faster than by their form.
    return (
        f"CASE WHEN CAST({plain} AS VARCHAR) = {text} AND length({text}) <= 16 THEN {plain} "
        f"WHEN regexp_full_match({text}, '{form}') THEN TRY_CAST({bare} AS BIGINT) END"
    )


def _decimal(text: str, reading: Reading, last_year: int) -> str:
    mark = _escaped(reading.decimal)
    form = f"[+-]?({_digits(reading)}({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]{{1,2}})?"
    bare = f"replace({_ungrouped(text, reading)}, {literal(reading.decimal)}, '.')"
    return f"CASE WHEN regexp_full_match({text}, '{form}') THEN TRY_CAST({bare} AS DOUBLE) END"


def _digits(reading: Reading) -> str:
    plain = "[0-9]{1,15}"
    if not reading.thousands:
        return plain
    return f"({plain}|[0-9]{{1,3}}({_grouping(reading)}[0-9]{{3}}){{1,4}})"


def _ungrouped(text: str, reading: Reading) -> str:
    if not reading.thousands:
        return text
    return f"regexp_replace({text}, '{_grouping(reading)}', '', 'g')"


def _grouping(reading: Reading) -> str:
    # A thin or unbreakable space looks like a space, and is written for one.
    return "[ \u00a0\u2009\u202f]" if reading.thousands == " " else _escaped(reading.thousands)


def _escaped(mark: str) -> str:
    return f"[{mark}]"


_DATES: Mapping[str, Callable[[str, int], str]] = MappingProxyType(
    {
        "YYYYMMDD": _year_first,
        "DDMMYYYY": _day_first,
        "DDMMYY": _two_digits,
        "DD.MM.YYYY": _dotted,
        "sas_days": _sas_days,
    }
)

_SQL: Mapping[Kind, Callable[[str, Reading, int], str]] = MappingProxyType(
    {
        Kind.PERSON: _key,
        Kind.KEY: _key,
        Kind.MONTH: _month,
        Kind.YEAR: _year,
        Kind.DATE: _date,
        Kind.CODE: _code,
        Kind.CODES: _codes,
        Kind.NUMBER: _whole,
        Kind.NOK: _whole,
        Kind.DECIMAL: _decimal,
    }
)
