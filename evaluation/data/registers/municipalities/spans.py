"""From when to when a code means which harmonised municipality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.data.registers.municipalities.correspondence import Correspondence
from evaluation.data.registers.municipalities.groups import Node, coarsest
from evaluation.data.registers.municipalities.shares import shares_between

FOREVER = 12 * 9999
To = Literal["coarsest"] | int
"""The coarsest common grouping, or the month whose codes are wanted."""


@dataclass(frozen=True, slots=True)
class Span:
    """A code, the months in which it holds, and what it is harmonised to.

    ``municipality`` is ``None`` where the code was divided by the date wanted, so that nobody can
    say where a person belongs.
    """

    code: str
    first: int
    last: int
    municipality: str | None


def code_spans(correspondence: Correspondence, to: To = "coarsest") -> tuple[Span, ...]:
    """Return the spans of all listed codes, by code and month.

    Parameters
    ----------
    correspondence
        Every classification.
    to
        ``coarsest`` names each group by its lowest last code; a month gives the codes in force
        then, to codes that lie in one of them as a whole.
    """
    grouped: Mapping[Node, str | None] = (
        coarsest(correspondence) if to == "coarsest" else _whole(correspondence, to)
    )
    starts = [vintage.first for vintage in correspondence.vintages]
    stops = [*(start - 1 for start in starts[1:]), FOREVER]
    starts[0] = 0
    open_: dict[str, Span] = {}
    closed: list[Span] = []
    for at, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        for code in correspondence.vintages[at].into:
            place = grouped[at, code]
            before = open_.get(code)
            follows = before is not None and before.last == start - 1
            if before is not None and follows and before.municipality == place:
                open_[code] = Span(code, before.first, stop, place)
                continue
            if before is not None:
                closed.append(before)
            open_[code] = Span(code, start, stop, place)
    return tuple(sorted((*closed, *open_.values()), key=lambda span: (span.code, span.first)))


def codes_at(
    correspondence: Correspondence, month: int, to: To = "coarsest"
) -> dict[str, str | None]:
    """Return what the codes in force in a month are harmonised to; see ``code_spans``."""
    return {
        span.code: span.municipality
        for span in code_spans(correspondence, to)
        if span.first <= month <= span.last
    }


def _whole(correspondence: Correspondence, to: int) -> dict[Node, str | None]:
    """Return the one code of the month ``to`` that holds all of a code, by vintage and code."""
    found: dict[Node, str | None] = {}
    for at, vintage in enumerate(correspondence.vintages):
        for code, news in shares_between(correspondence, vintage.first, to).items():
            found[at, code] = next(iter(news)) if len(news) == 1 else None
    return found
