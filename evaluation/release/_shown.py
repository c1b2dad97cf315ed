"""Figures by their points, and tables as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.release._evidence import Known, Measured
from evaluation.release.rules.contract import Subject
from evaluation.report.figures.registry import plots_of
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.tables import tables_of

# Columns of points that are counts themselves, and the evidence that they are.
COUNTS = {"rows": "rows", "n_obs": "rows", "units": "units", "n_units": "units"}


def figure_subjects(record: Record, known: Known) -> Iterator[Subject]:
    """Yield every point of every figure, and every figure as a whole; nothing is drawn."""
    for plot in plots_of(record):
        name, points = f"figure:{plot.name}", plot.points
        counts: list[float | int] = []
        for at, row in enumerate(points.rows, 1):
            if not any(isinstance(value, int | float) for value in row):
                continue
            measured = {**_counted(points, row), **known.behind(name, at)}
            label, kind = f"figure {plot.name}, point {at}", _kind(record, points, row)
            yield Subject(name, at, "", label, "point", outcome=kind, measured=measured)
            smallest = measured.get("units", measured.get("rows"))
            counts += [] if smallest is None else [smallest]
            for column, value in zip(points.columns, row, strict=True):
                if column in COUNTS and isinstance(value, int):
                    yield Subject(name, at, column, label, "count", measured=measured, value=value)
        yield Subject(name, label=f"figure {plot.name}", nature="part", counts=tuple(counts))


def _counted(points: PointTable, row: tuple[Value, ...]) -> Measured:
    """Return the counts that a point carries: the fewest of each, units for the point itself."""
    found: Measured = {}
    for column, value in zip(points.columns, row, strict=True):
        if column in COUNTS and isinstance(value, int | float):
            statistic = COUNTS[column]
            found[statistic] = min(value, found.get(statistic, value))
    if found:
        found["n_point"] = found.get("units", found.get("rows", 0))
    return found


def _kind(record: Record, points: PointTable, row: tuple[Value, ...]) -> str:
    """Return the kind of outcome that a point is of, where it says one."""
    if "outcome" not in points.columns:
        return ""
    outcome = record.spec.outcomes.get(str(row[points.columns.index("outcome")]))
    return "" if outcome is None else outcome.kind


def table_parts(record: Record) -> Iterator[Subject]:
    """Yield every table as a whole, with the counts that it shows."""
    for name, table in tables_of(record).items():
        counts = tuple(
            number.value
            for row in table.rows
            for cell in row.cells
            for number in cell.numbers
            if number.kind == "count" and number.value is not None
        )
        yield Subject(f"table:{name}", label=f"table {name}", nature="part", counts=counts)
