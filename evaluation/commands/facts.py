"""``synth --describe``: published facts beside their simulated counterparts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data_synth.world.schema import World
from evaluation.commands.console import Console
from evaluation.commands.progress import progress
from evaluation.commands.shown import text_table

if TYPE_CHECKING:
    from data_synth.facts.fact import FactRow

HEAD = ["fact", "year", "published", "simulated", "deviation", "verdict", "source"]
# Wide enough for the longest fact on one line; a narrower terminal scrolls or wraps.
FACTS_WIDTH = 170
# Digits that a figure is shown with.
DIGITS = 3


def facts_table(world: World, persons: int | None, seed: int, jobs: int, console: Console) -> str:
    """Simulate a world and return its published facts, fact by fact, as text.

    Parameters
    ----------
    persons
        Persons of the whole population; as many as the facts ask for, if none.

    Raises
    ------
    SpecError
        For a world of other ages or years than the facts.
    EnvironmentProblem
        Where memory does not suffice.
    """
    from data_synth.facts.describe import PERSONS, describe

    persons = PERSONS if persons is None else persons
    with progress(console, f"{world.name}: facts", "persons", persons) as tell:
        rows = describe(world, persons, seed, jobs, tell)
    table = text_table(HEAD, _lines(rows), width=FACTS_WIDTH)
    return "\n".join([table, *_notes(rows), _summary(world, persons, seed, rows)])


def _lines(rows: Sequence[FactRow]) -> Iterator[list[str]]:
    """Yield the rows of the table, a heading above each topic."""
    topic = ""
    for row in rows:
        if row.topic != topic:
            topic = row.topic
            yield [topic.replace("_", " ").upper(), *[""] * (len(HEAD) - 1)]
        yield _cells(row)


def _cells(row: FactRow) -> list[str]:
    published = row.said or _range(row.published_low, row.published_high)
    deviation = "" if row.relative is None else f"{100 * row.relative:+.1f} %"
    return [
        f"{row.text} ({row.unit})",
        row.year,
        published,
        _with_error(row),
        deviation,
        _verdict(row),
        row.source,
    ]


def _verdict(row: FactRow) -> str:
    if row.within:
        # How far off was allowed belongs beside the word: for some sources it is a long way.
        return f"within {100 * row.tolerance:.0f} %" if row.tolerance else "within"
    if _within_noise(row):
        return "too few persons"
    return "off" if row.held else "off, not held"


def _within_noise(row: FactRow) -> bool:
    """Tell whether more persons might bring the figure within its tolerance."""
    if row.simulated is None:
        return True
    if not row.error or row.deviation is None or not row.relative:
        return False
    allowed = row.tolerance * abs(row.deviation / row.relative)
    return abs(row.deviation) - allowed <= 2.0 * row.error


def _with_error(row: FactRow) -> str:
    found = _number(row.simulated)
    return f"{found} ± {_number(row.error)}" if row.error else found


def _range(low: float | None, high: float | None) -> str:
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    """Return a value at its significant digits, without an exponent."""
    if value is None:
        return ""
    if abs(value) >= 10**DIGITS:
        return f"{value:,.0f}"
    return f"{value:.{DIGITS}g}"


def _notes(rows: Sequence[FactRow]) -> list[str]:
    told = dict.fromkeys(f"{row.text}, {row.year}: {row.note}" for row in rows if row.note)
    return list(told)


def _summary(world: World, persons: int, seed: int, rows: Sequence[FactRow]) -> str:
    within = sum(row.within for row in rows)
    return (
        f"{world.name}: {within} of {len(rows)} facts within their tolerance; {persons:,} persons, "
        f"seed {seed}; ± one Monte Carlo error; deviations are relative, outside a range from its "
        "nearest end"
    )
