"""Tables that list: verdicts of checks, and what each step of the sample leaves."""

from __future__ import annotations

from evaluation.report.phrases import message_words, said
from evaluation.report.step_words import step_words
from evaluation.report.tabling.answers import Answers
from evaluation.report.tabular import (
    Block,
    Column,
    Number,
    NumberKind,
    Source,
    Table,
    TableCell,
    TableRow,
    printable,
)
from evaluation.report.words import outcome_label, verdict_words
from evaluation.results import Check


def checks_table(answers: Answers) -> Table:
    """Return every verdict with its statistic, p-value and message."""
    words = answers.words
    names = ("check", "model", "outcome", "statistic", "p_value", "verdict", "message")
    texts = {"model", "outcome", "verdict", "message"}
    rows = tuple(_check(answers, at, row) for at, row in enumerate(answers.record.checks, start=1))
    columns = tuple(
        Column(words.text(f"table.check.{name}"), is_text=name in texts) for name in names
    )
    title = words.text("table.title.checks")
    return printable(Table("checks", title, columns, (Block(rows),)))


def _check(answers: Answers, at: int, row: Check) -> TableRow:
    outcome = outcome_label(answers.record.spec, row.outcome) if row.outcome else ""
    words = answers.words
    term = f"{said('term', row.term, words)}: " if row.term else ""
    return TableRow(
        (
            TableCell((row.check,)),
            _text(row.model_id),
            _text(outcome),
            _number(answers, at, "statistic", row.statistic, "estimate"),
            _number(answers, at, "p_value", row.p_value, "p_value"),
            _text(verdict_words(row.verdict, words)),
            _text(f"{term}{message_words(row.message, words)}"),
        )
    )


def _number(
    answers: Answers, at: int, column: str, value: float | None, kind: NumberKind
) -> TableCell:
    if value is None or value != value:
        return TableCell()
    return TableCell((Number(value, kind, answers.digits(kind), Source("checks", at, column)),))


def _text(text: str) -> TableCell:
    return TableCell((text,) if text else ())


def flow_table(answers: Answers) -> Table:
    """Return the rows and units that each step of the sample leaves."""
    words = answers.words
    rows = tuple(
        TableRow(
            (
                TableCell((step_words(answers.record.spec, step.step),)),
                TableCell((Number(step.rows, "count"),)),
                TableCell(() if step.units is None else (Number(step.units, "count"),)),
            )
        )
        for step in answers.record.flow
    )
    columns = (
        Column(words.text("table.flow.step"), is_text=True),
        Column(words.text("table.flow.rows")),
        Column(words.text("table.flow.units")),
    )
    title = words.text("table.title.sample_flow")
    return printable(Table("sample_flow", title, columns, (Block(rows),)))
