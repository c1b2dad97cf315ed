"""``cells --sql``: read-only SELECTs for a warehouse where this program may not run."""

from __future__ import annotations

import json
from collections.abc import Iterator

from evaluation.cells.plan import Plan
from evaluation.cells.sql_text import DIALECTS, Statement, Written, write_sql
from evaluation.errors import SpecError, UsageError
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.derived import made_in_order
from evaluation.spec.spec import Spec

READ_AS = {
    "integer": "whole numbers",
    "boolean": "true and false, or 1 and 0",
    "float": "numbers",
    "text": "any type; compared with text where it is compared",
    "date": "dates",
}
NOTES = {
    "duckdb": "DuckDB. COPY (...) TO 'cells_1.parquet' (FORMAT parquet) saves a result.",
    "spark": "Spark SQL, from version 3.4. Save each result as one parquet file.",
    "bigquery": "BigQuery. These queries are compiled and compared with the texts we expect; they "
    "were never run on BigQuery.",
}


def print_sql(spec: Spec, dialect: str, table: str = "panel") -> str:
    """Return the SELECTs that build the cells of a spec, with what to do with them.

    Nothing is read: the text follows from the spec.

    Parameters
    ----------
    spec
        What is asked; its paths need not be filled.
    dialect
        ``duckdb``, ``spark`` or ``bigquery``.
    table
        Name of the table in the warehouse; schema and catalogue before it, parted by points.

    Raises
    ------
    UsageError
        Another dialect, or a table name in more than three parts.
    SpecError
        Where no model of the spec runs from cells, or none from cells that a SELECT gives.
    """
    from evaluation.cells.planning.plan_cells import plan_cells
    from evaluation.estimators.cell_needs import needs_of

    if dialect not in DIALECTS:
        raise UsageError(
            f"cells: --sql: unknown dialect {dialect!r}; allowed: {', '.join(DIALECTS)}"
        )
    parts = tuple(table.split("."))
    if len(parts) > 3 or not all(parts):
        raise UsageError("cells: --table: allowed: TABLE, SCHEMA.TABLE or CATALOGUE.SCHEMA.TABLE")
    derived = made_in_order(spec.derive, columns_of_spec(spec))
    if derived:
        raise SpecError(
            f"{spec.id}: derive.{derived[0]}: the SELECTs read a table as it is and derive no "
            "columns; add it to the table, and leave it out of derive"
        )
    if spec.joins:
        raise SpecError(
            f"{spec.id}: joins: the SELECTs read a table as it is and join no file; add the "
            "columns to the table, and leave joins out"
        )
    plan = plan_cells(spec, needs_of(spec), None)
    if not plan.passes:
        reasons = "; ".join(f"{route.model_id}: {route.reason}" for route in plan.routes)
        raise SpecError(f"{spec.id}: no model of this spec runs from cells ({reasons})")
    written = write_sql(spec, plan, dialect, parts)
    if not written.cells:
        raise SpecError(
            f"{spec.id}: no SELECT gives the cells of this spec: effects of units take their whole "
            "histories; run it where this program may read the rows"
        )
    return "\n".join(_lines(spec, plan, written, dialect, table))


def _lines(spec: Spec, plan: Plan, written: Written, dialect: str, table: str) -> Iterator[str]:
    yield f"-- Cells of the spec {spec.id}, for {NOTES[dialect]}"
    yield "-- Every statement is a SELECT: it needs the right to read one table, and nothing else."
    yield f"-- The table is called {_quoted(table)}: cells --table NAME writes another name."
    yield "-- Columns that it must have, and how they are read:"
    for name, kind in written.columns.items():
        yield f"--   {_quoted(name)}: {READ_AS[kind]}"
    yield "-- Save each result under the name above it, all in one folder; then:"
    yield f"--   activity-duty run {spec.id} --cells FOLDER"
    yield "-- Models:"
    for route in plan.routes:
        yield f"--   {route.model_id}: {_source(plan, route.model_id, written)}"
    if plan.units is not None and plan.units.constant:
        yield "-- These results do not show whether a unit changes its cluster, and models with"
        yield "-- clusters are marked 'warned' for it."
    for statement in (*written.cells, *written.pairs):
        yield from ("", f"-- Save as {statement.file}", f"{statement.text};")
    if written.repeats is not None:
        yield from _check(written.repeats)


def _check(repeats: Statement) -> Iterator[str]:
    yield ""
    yield "-- A check, not to be saved. It must give 0: no unit has two rows at one time."
    yield f"{repeats.text};"


def _source(plan: Plan, model_id: str, written: Written) -> str:
    """Return where a model runs from, as a clause."""
    route = plan.route(model_id)
    if route.engine == "microdata":
        return f"needs the rows: {route.reason}"
    wanted = [route.cells, *dict.fromkeys(route.pairs.values())]
    out_of_reach = [name for name in wanted if name in written.left_out]
    if out_of_reach:
        return f"needs the rows: {', '.join(out_of_reach)} is more than a SELECT"
    if route.second_pass or route.row_scores:
        return f"estimates from {route.cells}; its variance needs a second pass over the rows"
    return f"from {' and '.join(wanted)}"


def _quoted(name: str) -> str:
    """Return a name on one line: a comment ends where its line does."""
    return json.dumps(name, ensure_ascii=False)
