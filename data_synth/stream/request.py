"""What a streamed delivery is to hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from data_synth.life.months import month_index
from data_synth.panel.asked import check_asked
from data_synth.panel.columns import COLUMNS
from data_synth.shapes import registry
from data_synth.world.schema import World
from data_synth.world.suggest import nearest
from evaluation.errors import DataError, UsageError

PANEL = "person_month"  # written directly; the other shapes are made of register tables
FORMATS = ("parquet", "csv")


@dataclass(frozen=True)
class Request:
    """One world, who of it, when, and in which form.

    Attributes
    ----------
    persons
        Persons of the whole population; those never of an age in ``ages`` are not simulated.
    window
        First and last month, inclusive, as any date in them.
    ages
        First and last completed year of age, inclusive.
    policy
        A name in ``POLICIES``.
    shape
        A name that ``list_shapes`` gives.
    format
        A format that the shape offers.
    columns
        Names in ``COLUMNS``, in the order wanted; empty for shapes other than ``person_month``.
    """

    world: World
    persons: int
    seed: int
    window: tuple[date, date]
    ages: tuple[int, int]
    policy: str = "actual"
    shape: str = PANEL
    format: str = "parquet"
    columns: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """Month index of the first month."""
        return month_index(self.window[0])

    @property
    def last(self) -> int:
        """Month index of the last month."""
        return month_index(self.window[1])


def list_shapes() -> tuple[str, ...]:
    """Return the shapes that can be asked for, the direct panel first."""
    return (PANEL, *registry.list_shapes())


def refuse_impossible(request: Request) -> None:
    """Raise where a request asks for what does not exist.

    Raises
    ------
    UsageError
        For an unknown shape or format, or columns of a shape whose columns are fixed.
    SpecError
        For persons, seed, window, ages or policy that the world does not offer.
    DataError
        For a column that does not exist, or none at all.
    """
    faults = tuple(_forms(request))
    if faults:
        raise UsageError(*faults)
    check_asked(
        request.world,
        request.persons,
        request.seed,
        request.window,
        request.policy,
        request.columns,
        request.ages,
    )
    if request.shape == PANEL and not request.columns:
        raise DataError(f"columns: found none; allowed: {', '.join(COLUMNS)}")


def _forms(asked: Request) -> Iterator[str]:
    shapes = list_shapes()
    if asked.shape not in shapes:
        yield _unknown("shape", asked.shape, shapes)
        return
    formats = FORMATS if asked.shape == PANEL else registry.shape(asked.shape).FORMATS
    if asked.format not in formats:
        yield _unknown("format", asked.format, formats)
    if asked.shape != PANEL and asked.columns:
        yield (
            f"--columns: chosen for the shape {PANEL} alone, and {asked.shape} has its own; "
            "leave --columns out"
        )


def _unknown(what: str, found: str, allowed: Sequence[str]) -> str:
    return f'--{what}: found "{found}"; allowed: {", ".join(allowed)}{nearest(found, allowed)}'
