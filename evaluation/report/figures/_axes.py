"""Axes whose ticks are written as the language writes numbers."""

from __future__ import annotations

from typing import Any

from evaluation.report.language import Language


def number_axis(axis: Any, words: Language, *, whole: bool = False, ticks: int = 6) -> None:
    """Write the ticks of an x- or y-axis as numbers of a language.

    Parameters
    ----------
    axis
        ``axes.xaxis`` or ``axes.yaxis``.
    words
        The language.
    whole
        Whether ticks stand at whole numbers alone.
    ticks
        At most so many steps.
    """
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    class Written(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            text = super().__call__(x, pos)
            decimals = len(text.partition(".")[2])
            if not decimals:
                # Years, months and event times take no mark of thousands.
                return words.count(round(x)) if abs(x) >= 10_000 else words.number(x + 0.0, 0)
            return words.number(round(x, decimals) + 0.0, decimals)

    formatter = Written(useOffset=False, useMathText=False)
    formatter.set_scientific(False)
    axis.set_major_locator(MaxNLocator(nbins=ticks, integer=whole, min_n_ticks=2))
    axis.set_major_formatter(formatter)


def dashed(period: object) -> str:
    """Return 201701 as 2017-01, and any other period as it stands."""
    text = str(period)
    return f"{text[:4]}-{text[4:]}" if len(text) == 6 and text.isdigit() else text


def named_ticks(axis: Any, names: list[str], at_most: int = 12, first: int = 0) -> None:
    """Name the places ``first``, ``first + 1``, ... of an axis, as many as have room."""
    step = -(-len(names) // at_most) if names else 1
    places = range(0, len(names), step)
    axis.set_ticks([first + at for at in places], labels=[dashed(names[at]) for at in places])


def period_ticks(axis: Any, names: dict[int, str], at_most: int = 8) -> None:
    """Name the first periods of years where periods are parts of these, else as many as fit.

    Parameters
    ----------
    axis
        ``axes.xaxis``.
    names
        Printed period by place.
    at_most
        How many names have room.
    """
    first, last = min(names), max(names)
    starts = {at: text[:4] for at, text in names.items() if text[4:] in ("01", "Q1")}
    if len(starts) > 1:
        step = -(-len(starts) // at_most)
        chosen = sorted(starts)[::step]
        axis.set_ticks(chosen, labels=[starts[at] for at in chosen])
        return
    named_ticks(axis, [names.get(at, "") for at in range(first, last + 1)], at_most, first)
