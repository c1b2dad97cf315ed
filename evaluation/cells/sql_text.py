"""The passes of a plan as text: SELECTs for a warehouse where this program may not run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from evaluation.cells.cell_pass import cell_query
from evaluation.cells.centres import beside_rows, centre_name, centred_places
from evaluation.cells.engines.rewriting import rewritten, sum_as_integer
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.pair_text import pair_select
from evaluation.cells.plan import CellPass, Plan
from evaluation.cells.relation import Kind, Relation
from evaluation.cells.unbound import column_kinds, unbound_relation
from evaluation.spec.spec import Spec

# Names of dialects, and what Ibis calls them.
DIALECTS: Mapping[str, str] = {"duckdb": "duckdb", "spark": "pyspark", "bigquery": "bigquery"}


@dataclass(frozen=True)
class Statement:
    """One SELECT.

    Attributes
    ----------
    file
        File that its result is to be saved under; empty for a check.
    text
        The query, without a semicolon.
    """

    file: str
    text: str


@dataclass(frozen=True)
class Written:
    """What a warehouse is to run.

    Attributes
    ----------
    columns
        Columns that the table must have, and how they are read.
    cells, pairs
        One SELECT for each pass that can be had so.
    repeats
        Counts rows that repeat a unit and time; ``None`` where the panel names no unit or time.
    left_out
        Passes that no SELECT gives.
    """

    columns: Mapping[str, Kind]
    cells: tuple[Statement, ...]
    pairs: tuple[Statement, ...]
    repeats: Statement | None
    left_out: tuple[str, ...]


def write_sql(spec: Spec, plan: Plan, dialect: str, table: tuple[str, ...]) -> Written:
    """Return the queries of a plan, made from the spec alone.

    Parameters
    ----------
    spec, plan
        What is asked, and the plan made without knowing columns.
    dialect
        One of ``DIALECTS``.
    table
        Name of the table, after schema and catalogue where it has them.

    Raises
    ------
    DataError
        Where a filter compares text with numbers.
    """
    left_out = tuple(one.name for one in plan.passes if one.unit_types)
    # What no SELECT gives asks for no column: the table has none of types.
    plan = replace(plan, passes=tuple(one for one in plan.passes if not one.unit_types))
    kinds = column_kinds(spec, plan)
    relation = unbound_relation(spec, plan, table)
    unit = "" if plan.units is None else plan.units.unit
    with _dialect_options():
        return Written(
            columns=kinds,
            cells=tuple(
                Statement(f"{one.name}.parquet", _text(_cells(relation, plan, one, kinds), dialect))
                for one in plan.passes
            ),
            pairs=tuple(
                Statement(
                    f"{one.name}.parquet", _text(pair_select(relation, plan, one, unit), dialect)
                )
                for one in plan.pairs
            ),
            repeats=_repeats(relation, plan, dialect),
            left_out=left_out,
        )


def _cells(relation: Relation, plan: Plan, one: CellPass, kinds: Mapping[str, Kind]) -> Any:
    whole = dict.fromkeys((name for name, kind in kinds.items() if kind == "float"), False)
    places = centred_places(relation, plan, one, whole)
    centres = {at: centre_name(one.quantities[at].name) for at in places}
    beside = beside_rows(relation, one.quantities, places, whole)
    return cell_query(beside, plan, one, whole, centres, wide=False).expression


def _repeats(relation: Relation, plan: Plan, dialect: str) -> Statement | None:
    if plan.units is None or plan.units.unit not in relation.columns:
        return None
    rows = sample_rows(relation, plan)
    pairs = rows.group_by(plan.units.unit, plan.units.time).aggregate(ad_rows=rows.count())
    surplus = (pairs.ad_rows - 1).sum().fill_null(0)
    return Statement("", _text(pairs.aggregate(ad_repeated=surplus), dialect))


def _text(expression: Any, dialect: str) -> str:
    import ibis

    whole = rewritten(expression, sum_as_integer)
    return str(ibis.to_sql(whole, dialect=DIALECTS[dialect]))


@contextmanager
def _dialect_options() -> Iterator[None]:
    """Give Ibis the options that it reads to write for Spark, where Spark itself is not there."""
    import ibis
    from ibis.config import Config

    class Options(Config):  # type: ignore[misc]
        treat_nan_as_null: bool = False

    before = ibis.options.pyspark
    if before is None:
        ibis.options.pyspark = Options()
    try:
        yield
    finally:
        ibis.options.pyspark = before
