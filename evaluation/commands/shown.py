"""Tables on the terminal."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace

from evaluation.report.centred import centre_notes
from evaluation.report.places import is_headline, shown_place
from evaluation.report.record import Record
from evaluation.report.truths import truth_text

WIDTH = 132


def headline_table(record: Record) -> str:
    """Return outcome, estimand, estimate, error, interval and truth as text.

    A model without a single number, such as an event study alone in its spec, shows all of its.
    """
    words, numbers = record.words, record.numbers
    synthetic = record.spec.panel.source == "synthetic"
    head = ["outcome", "model", "estimand", "estimate", "std_error", "interval"]
    estimated = [row for row in record.estimates if row.estimate is not None]
    alone = not any(is_headline(row) for row in estimated)
    # Whole paths by level would drown what they belong to: the page and the rows hold them.
    shown = [
        row
        for row in estimated
        if is_headline(replace(row, subgroup="")) or (alone and not row.subgroup)
    ]
    rows = []
    for row in shown:
        label = "" if is_headline(replace(row, subgroup="")) else shown_place(row, words)
        line = [
            row.outcome,
            row.model_id,
            " ".join(part for part in (row.estimand, label, row.subgroup) if part),
            numbers.estimate(row.estimate),
            numbers.estimate(row.std_error),
            numbers.interval(row.conf_low, row.conf_high),
        ]
        if synthetic:
            line.append(truth_text(record, row, numbers))
        rows.append(line)
    named = [words.text(f"headline.{name}") for name in (*head, "truth")]
    table = text_table(named if synthetic else named[:-1], rows, numeric_from=3)
    return "\n".join([table, *centre_notes(record)])


def text_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric_from: int | None = None,
    width: int | None = None,
) -> str:
    """Return a table as plain text, columns from ``numeric_from`` aligned to the right.

    Parameters
    ----------
    width
        Characters a line at most; ``WIDTH`` by default.
    """
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, pad_edge=False)
    for place, name in enumerate(head):
        right = numeric_from is not None and place >= numeric_from
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out = io.StringIO()
    Console(file=out, width=width or WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").splitlines())
