"""The running variable on an axis: its name, and ticks at whole years of age."""

from __future__ import annotations

from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.language import Language
from evaluation.report.record import Record
from evaluation.report.words import spaced
from evaluation.spec.dates import AGE

MONTHS, TICKS = 12, 8


def running_words(record: Record) -> str:
    """Return what the running variable of a record is called, empty where it has none."""
    variable = getattr(record.spec.design, "running_variable", None)
    if variable is None:
        return ""
    key = f"figure.running.{variable.column}"
    return record.words.text(key) if key in record.words else spaced(variable.column)


def in_years(record: Record) -> bool:
    """Whether the running variable is age in months, whose ticks stand at birthdays."""
    variable = getattr(record.spec.design, "running_variable", None)
    return variable is not None and variable.column == AGE


def running_axis(axis: Any, words: Language, *, years: bool, ticks: int = TICKS) -> None:
    """Write the ticks of a running variable.

    Parameters
    ----------
    axis
        ``axes.xaxis``, its limits settled.
    words
        The language.
    years
        Whether ticks stand twelve apart, or a multiple of it.
    ticks
        At most so many.
    """
    from matplotlib.ticker import MultipleLocator

    number_axis(axis, words, ticks=ticks)
    low, high = axis.get_view_interval()
    if years and high - low > MONTHS:
        step = MONTHS * max(1, -(-int(high - low) // (MONTHS * ticks)))
        axis.set_major_locator(MultipleLocator(step))
