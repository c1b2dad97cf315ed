"""Where a number that was asked for stands: by its place, or by its value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.errors import UsageError
from evaluation.report.language import rounded
from evaluation.report.tabular import Number, Table
from evaluation.review.tracing.material import ROWS, Material
from evaluation.spec.faults import nearest

FLOW = "flow"
PLACE = re.compile(r"(?:(?:table|figure):)?([\w.-]+?)(?:\.csv)?:(\d+)(?::(\w+))?")
VALUE = re.compile(r"<?[+-]?(\d+(?:[.,]\d+)?(?:e[+-]?\d+)?|\d{1,3}(?:,\d{3})+)%?", re.IGNORECASE)
SIGNS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "(": None, ")": None})
SPACES = re.compile(r"\s+")
# Columns that say which row it is, and are no result.
LABELS = frozenset({"number", "horizon", "months"})


@dataclass(frozen=True, order=True)
class Spot:
    """A number in a result file.

    Attributes
    ----------
    file
        Result file without its ending, ``flow``, or ``figure:<name>``.
    row
        Data row, counted from 1.
    column
        Its column; empty for a whole row.
    """

    file: str
    row: int
    column: str = ""


def spots_of(what: str, material: Material) -> tuple[Spot, ...]:
    """Return the sources of what is asked, in the order of the files, each once.

    Parameters
    ----------
    what
        ``table2:1:2`` (table, line, column after the labels), ``estimates:12``,
        ``estimates:12:std_error``, ``figure_name:3``, or a value as it is printed.
    material
        What was printed.

    Raises
    ------
    UsageError
        Where it names no place, or the value stands nowhere.
    """
    asked = what.strip()
    place = PLACE.fullmatch(asked)
    if place is not None:
        return _at(place[1], int(place[2]), place[3] or "", material)
    text = SPACES.sub("", asked.translate(SIGNS))
    if VALUE.fullmatch(text) is None:
        raise UsageError(
            f"trace {asked!r}: is neither a place nor a number; give a place, such as table2:1:2 "
            "(table, line, column after the labels), estimates:12 or FIGURE:3, or a value as it is "
            "printed, such as 0.0042"
        )
    found = dict.fromkeys(_valued(text, material))
    if not found:
        raise UsageError(
            f"trace {asked}: no table, figure or result file of {material.path} holds it"
        )
    return tuple(found)


def places_of(spot: Spot, material: Material) -> Iterator[str]:
    """Yield where a number is printed: tables with their headings, points of figures."""
    for table in material.tables.values():
        for line, column, number in numbers_of(table):
            own = spot_of(table, line, number)
            if own is not None and spot in (own, Spot(own.file, own.row)):
                shown = number.shown(material.record.words)
                yield f"{table.id}:{line}:{column} ({_heading(table, line, column)}): {shown}"
    value = _value(spot, material)
    # Whole numbers, such as counts and event times, stand in many places that are not theirs.
    if value is None or float(value).is_integer() or spot.file.startswith("figure:"):
        return
    for name, points in material.figures.items():
        for at, row in enumerate(points.rows, 1):
            for drawn, held in zip(points.columns, row, strict=True):
                if held == value:
                    yield f"{name}:{at} (figure, {drawn})"


def numbers_of(table: Table) -> Iterator[tuple[int, int, Number]]:
    """Yield line, column after the labels (both from 1) and every number of a table."""
    for line, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row.cells[table.labels :], 1):
            for number in cell.numbers:
                yield line, column, number


def spot_of(table: Table, line: int, number: Number) -> Spot | None:
    """Return the source of a printed number; that of sample flow is its step."""
    if number.source is not None:
        return Spot(number.source.file, number.source.row, number.source.column)
    return Spot(FLOW, line) if table.id == "sample_flow" else None


def _heading(table: Table, line: int, column: int) -> str:
    row = table.rows[line - 1]
    cells = (cell.parts for cell in row.cells[: table.labels])
    names = [row.name] if row.name else [str(part) for parts in cells for part in parts]
    return ", ".join(filter(None, (*names, table.columns[table.labels + column - 1].label)))


def _at(name: str, row: int, last: str, material: Material) -> tuple[Spot, ...]:
    counts: dict[str, int] = {
        **{one: len(table.rows) for one, table in material.tables.items()},
        **{one: len(points) for one, points in material.figures.items()},
        **{one: len(rows) for one, rows in material.rows.items()},
    }
    # What result files and tables share their names with: a line and a column is a table's.
    is_file = name in material.rows and not (last.isdigit() and name in material.tables)
    if name not in counts:
        raise UsageError(
            f"trace: no table, figure or result file {name!r}{nearest(name, counts)} (there are: "
            f"{', '.join(counts)})"
        )
    most = len(material.rows[name]) if is_file else counts[name]
    if name in material.tables and not is_file:
        most = len(material.tables[name].rows)
    if not 1 <= row <= most:
        raise UsageError(f"trace {name}:{row}: has rows 1 to {most}")
    if is_file:
        columns = tuple(material.rows[name][row - 1])
        if last and last not in columns:
            raise UsageError(
                f"trace {name}:{row}:{last}: no such column{nearest(last, columns)} (there are: "
                f"{', '.join(columns)})"
            )
        return (Spot(name, row, last),)
    if name in material.tables:
        return _in_table(material.tables[name], row, last)
    return (Spot(f"figure:{name}", row, last),)


def _in_table(table: Table, line: int, column: str) -> tuple[Spot, ...]:
    held = [(at, number) for row, at, number in numbers_of(table) if row == line]
    wanted = [number for at, number in held if not column or str(at) == column]
    found = [spot_of(table, line, number) for number in wanted]
    spots = tuple(dict.fromkeys(spot for spot in found if spot is not None))
    if not spots:
        there = dict.fromkeys(
            f"{at} ({table.columns[table.labels + at - 1].label})" for at, _ in held
        )
        where = f"numbers stand in columns {', '.join(there)}" if there else "the line has none"
        raise UsageError(f"trace {table.id}:{line}:{column}: holds no number; {where}")
    return spots


def _valued(text: str, material: Material) -> Iterator[Spot]:
    wanted = _readings(text)
    for table in material.tables.values():
        for line, _, number in numbers_of(table):
            spot = spot_of(table, line, number)
            shown = number.shown(material.record.words).translate(SIGNS)
            if spot is not None and not wanted.isdisjoint(_readings(SPACES.sub("", shown))):
                yield spot
    for name in ROWS:
        for at, row in enumerate(material.rows.get(name, ()), 1):
            for column, held in row.items():
                if column not in LABELS and _prints(held, wanted):
                    yield Spot(name, at, column)
    known = {
        value for rows in material.rows.values() for row in rows for value in row.values() if value
    }
    for name, points in material.figures.items():
        for at, one in enumerate(points.rows, 1):
            for column, value in zip(points.columns, one, strict=True):
                is_own = isinstance(value, float) and str(value) not in known
                if is_own and _prints(str(value), wanted):
                    yield Spot(f"figure:{name}", at, column)


def _readings(text: str) -> frozenset[str]:
    """Return what a printed number can mean: a comma parts decimals, or thousands."""
    bare = text.lstrip("+").rstrip("%").lower()
    parted = bare.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+", bare) else bare
    return frozenset({bare.replace(",", ".", 1), parted}) - {bare if "," in bare else ""}


def _prints(held: str, wanted: frozenset[str]) -> bool:
    """Whether a value of a result file is written so, or would be with so many decimals."""
    try:
        value = float(held)
    except ValueError:
        return False
    for text in wanted:
        if held == text:
            return True
        _, point, decimals = text.partition(".")
        is_rounded = bool(point) and decimals.isdigit() and "." in held
        if is_rounded and rounded(value, len(decimals)) == text:
            return True
    return False


def _value(spot: Spot, material: Material) -> float | None:
    rows = material.rows.get(spot.file)
    if rows is None or not spot.column:
        return None
    try:
        return float(rows[spot.row - 1][spot.column])
    except ValueError:
        return None
