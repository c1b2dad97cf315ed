"""Means of every outcome before and after a date: what is told where nothing is estimated."""

from __future__ import annotations

from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.tabling.answers import Answers
from evaluation.report.tabular import (
    Block,
    Column,
    Note,
    Number,
    Table,
    TableCell,
    TableRow,
    printable,
)
from evaluation.report.words import outcome_label

PREFIX = "trends_"
# Columns of observed trends: mean, rows behind it, and whether the period lies after the reform.
MEAN, ROWS, POST = "mean", "rows", "post"


def described_table(answers: Answers) -> Table:
    """Return means over rows before and after the reform, without a difference.

    Where the reform has no date within the data there is one mean. There are no lines in a run that
    estimates something.
    """
    words, record = answers.words, answers.record
    found = _trends(record) if record.status == "insufficient" else {}
    split = any(None not in points.column(POST) for points in found.values())
    moments: tuple[int | None, ...] = (0, 1) if split else (None,)
    names = {0: "before", 1: "after", None: "all"}
    columns = [Column(words.text("table.label.outcome"), is_text=True)]
    for moment in moments:
        group = words.text(f"table.described.{names[moment]}")
        columns += [
            Column(words.text("table.described.mean"), group),
            Column(words.text("table.described.rows"), group),
        ]
    rows = tuple(
        TableRow(
            (
                TableCell((outcome_label(record.spec, name),)),
                *(cell for moment in moments for cell in _mean(answers, points, moment)),
            )
        )
        for name, points in found.items()
    )
    note = Note(words.text("table.described.note"))
    title = words.text("table.title.described")
    return printable(Table("described", title, tuple(columns), (Block(rows),), (note,)))


def _trends(record: Record) -> dict[str, PointTable]:
    return {
        name.removeprefix(PREFIX): points
        for name, points in record.observed.items()
        if name.startswith(PREFIX)
    }


def _mean(answers: Answers, points: PointTable, moment: int | None) -> tuple[TableCell, TableCell]:
    """Return the mean over rows of a moment, of all for ``None``, and how many rows those are."""
    triples = zip(*(points.column(name) for name in (MEAN, ROWS, POST)), strict=True)
    own = [
        (_number(mean), int(_number(rows)))
        for mean, rows, post in triples
        if moment is None or post == moment
    ]
    count = sum(rows for _, rows in own)
    if not count:
        return TableCell(), TableCell()
    mean = sum(mean * rows for mean, rows in own) / count
    digits = answers.digits("estimate")
    return TableCell((Number(mean, "estimate", digits),)), TableCell((Number(count, "count"),))


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
