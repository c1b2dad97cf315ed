"""The tables of a page as markup: those of the record, worth, and what was diagnosed."""

from __future__ import annotations

from evaluation.report.diagnosis_tables import diagnosis_tables
from evaluation.report.record import Record
from evaluation.report.table_markup import markup
from evaluation.report.tables import tables_of
from evaluation.report.worth_table import worth_table

DIAGNOSED = ("diagnosis_recovery", "diagnosis_tests", "diagnosis_bounds")


def tables_shown(record: Record) -> dict[str, str]:
    """Return the markup of every table by its id."""
    worth = worth_table(record)
    others = (
        *diagnosis_tables(record.diagnoses, record.words),
        *(() if worth is None else (worth,)),
    )
    tables = {table.id: table for table in others} | tables_of(record)
    return {name: markup(table, record.words) for name, table in tables.items()}
