"""Lines under the columns: one where a column's estimates share it, else one an outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evaluation.report.tabling.answers import Answers
from evaluation.report.tabling.pivot import Pivot, RowId
from evaluation.report.tabling.statistics import Parts, answer
from evaluation.report.tabular import Number, TableCell
from evaluation.spec.table_axes import Key

Pairs = list[tuple[Pivot, tuple[Key, ...]]]
Lines = dict[str, list[Parts]]


def footer_rows(
    answers: Answers,
    pairs: Pairs,
    statistics: tuple[str, ...],
    named: Callable[[Pivot, RowId], str],
    count: int,
) -> Iterator[tuple[str, tuple[TableCell, ...]]]:
    """Yield the label and the cells of every footer line; a statistic that nothing has is left out.

    Parameters
    ----------
    pairs
        Numbers of every panel, with what its columns hold.
    named
        Labels a row.
    count
        Number of columns.
    """
    for statistic in statistics:
        label = answers.words.text(f"table.statistic.{statistic}")
        lines = _lines(answers, pairs, statistic, named, count)
        shared = _shared(list(lines.values()), count)
        if shared is not None:
            if any(shared):
                yield label, tuple(TableCell(parts) for parts in shared)
            continue
        for name, parts in lines.items():
            if any(parts):
                yield f"{label}: {name}", tuple(TableCell(one) for one in parts)


def _lines(
    answers: Answers,
    pairs: Pairs,
    statistic: str,
    named: Callable[[Pivot, RowId], str],
    count: int,
) -> Lines:
    """Return a statistic by label of row, and by column."""
    lines: Lines = {}
    for found, columns in pairs:
        for row in found.rows:
            line = lines.setdefault(named(found, row), [()] * count)
            for at, key in enumerate(columns):
                entry = found.at(row, key)
                if entry is not None and not line[at]:
                    line[at] = answer(answers, entry, statistic)
    return lines


def _shared(lines: list[list[Parts]], count: int) -> list[Parts] | None:
    """Return what all lines say, ``None`` where two differ in one column."""
    shared: list[Parts] = []
    for at in range(count):
        said = [line[at] for line in lines if line[at]]
        if len({_values(parts) for parts in said}) > 1:
            return None
        shared.append(said[0] if said else ())
    return shared


def _values(parts: Parts) -> tuple[object, ...]:
    return tuple(part.value if isinstance(part, Number) else part for part in parts)
