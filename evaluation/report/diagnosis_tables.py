"""Tables of what ``diagnose`` found: one block a world, each number with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluation.report.diagnosed import number_words
from evaluation.report.language import Language
from evaluation.report.tabular import Block, Column, Note, Number, Part, Table, TableCell, TableRow
from evaluation.results import Diagnosis


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the table: which numbers of a row it shows, and with how many decimals."""

    name: str
    error: str
    digits: int


BIAS = (
    Measure("truth", "truth_error", 4),
    Measure("mean_estimate", "", 4),
    Measure("bias", "bias_error", 4),
    Measure("bias_in_std_errors", "bias_in_std_errors_error", 2),
    Measure("rmse", "rmse_error", 4),
    Measure("std_error_ratio", "std_error_ratio_error", 2),
    Measure("coverage", "coverage_error", 3),
)
TESTS = (
    Measure("power", "power_error", 3),
    Measure("size", "size_error", 3),
    Measure("type_s", "type_s_error", 3),
    Measure("type_m", "type_m_error", 2),
)
BOUNDS = tuple(
    Measure(name, "", 3) for name in ("ruled_out", "not_ruled_out", "effect_found", "uninformative")
)


def diagnosis_tables(rows: Sequence[Diagnosis], words: Language) -> tuple[Table, ...]:
    """Return bias and coverage, then power and its errors, then verdicts on bounds."""
    numbers = [row for row in rows if row.verdict]
    tested = [row for row in numbers if row.power is not None or row.size is not None]
    bounded = [row for row in rows if row.bound]
    asked: Mapping[str, tuple[Sequence[Diagnosis], tuple[Measure, ...], Last]] = {
        "recovery": (numbers, BIAS, _verdict),
        "tests": (tested, TESTS, _failed),
        "bounds": (bounded, BOUNDS, _bound),
    }
    return tuple(
        _table(name, shown, measures, last, words)
        for name, (shown, measures, last) in asked.items()
        if shown
    )


Last = Callable[[Diagnosis, Language], TableCell]


def _table(
    name: str,
    rows: Sequence[Diagnosis],
    measures: Sequence[Measure],
    last: Last,
    words: Language,
) -> Table:
    heads = [words.text(f"diagnosis.column.{one.name}") for one in measures]
    return Table(
        f"diagnosis_{name}",
        words.text(f"diagnosis.table.{name}"),
        (
            Column(words.text("diagnosis.column.model"), is_text=True),
            Column(words.text("diagnosis.column.number"), is_text=True),
            *(Column(head) for head in heads),
            Column(words.text(f"diagnosis.last.{name}"), is_text=True),
        ),
        tuple(_blocks(rows, measures, last, words)),
        (Note(words.text(f"diagnosis.note.{name}")),),
        labels=2,
    )


def _blocks(
    rows: Sequence[Diagnosis], measures: Sequence[Measure], last: Last, words: Language
) -> Iterator[Block]:
    for world in dict.fromkeys(row.world for row in rows):
        own = [row for row in rows if row.world == world]
        title = words.text(
            "diagnosis.block",
            world=world,
            replications=words.count(own[0].replications),
            persons=words.count(own[0].persons),
        )
        yield Block(tuple(_line(row, measures, last, words) for row in own), title)


def _line(row: Diagnosis, measures: Sequence[Measure], last: Last, words: Language) -> TableRow:
    return TableRow(
        (
            TableCell((row.model_id,)),
            TableCell((number_words(row, words),)),
            *(_cell(row, one) for one in measures),
            last(row, words),
        )
    )


def _cell(row: Diagnosis, measure: Measure) -> TableCell:
    value = getattr(row, measure.name)
    if value is None:
        return TableCell()
    parts: list[Part] = [Number(value, digits=measure.digits)]
    error = getattr(row, measure.error) if measure.error else None
    if error:
        parts += [" (", Number(error, digits=measure.digits), ")"]
    return TableCell(tuple(parts))


def _verdict(row: Diagnosis, words: Language) -> TableCell:
    return TableCell((words.text(f"diagnosis.verdict.{row.verdict}"),))


def _failed(row: Diagnosis, words: Language) -> TableCell:
    return TableCell((words.text("diagnosis.of", part=row.failed, whole=row.replications),))


def _bound(row: Diagnosis, words: Language) -> TableCell:
    return TableCell((words.text(f"bound.{row.bound}"),))
