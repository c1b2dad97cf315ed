"""The ages that a truth needs: persons are the same whatever ages are simulated."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evaluation.data.derive.registry import operation
from evaluation.spec.dates import reach
from evaluation.spec.design import RdDesign
from evaluation.spec.filters import Filter
from evaluation.spec.spec import Spec

AGE = "age_months"
YEAR = 12
# How far below the cutoff rows count, in months.
NEAR = 12
YOUNGEST, OLDEST = 0, 200 * YEAR


def truth_ages(spec: Spec, offered: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last completed year of age whose rows a truth reads.

    Those that the sample keeps, near the cutoff where there is one, and as much younger or older
    as outcomes look back or ahead. All that are offered where a derived column is made of other
    rows than its own: of what came before, or of everybody.

    Parameters
    ----------
    spec
        What is asked.
    offered
        Ages of the panel, completed years inclusive.
    """
    if not all(operation(one.op).ROW_WISE for one in spec.derive.values()):
        return offered
    low, high = offered[0] * YEAR, (offered[1] + 1) * YEAR - 1
    for first, last in _bounds(spec):
        low, high = max(low, first), min(high, last)
    if low > high:  # the sample is empty, which reading it will say
        return offered
    back, ahead = reach(spec)
    return max((low - back) // YEAR, offered[0]), min((high + ahead) // YEAR, offered[1])


def _bounds(spec: Spec) -> Iterator[tuple[int, int]]:
    """Yield the first and last month of age that each part of the spec lets in."""
    for keep in spec.sample.keep:
        if keep.column == AGE:
            yield _lets_in(keep)
    design = spec.design
    if isinstance(design, RdDesign) and design.running_variable.column == AGE:
        # As many above it, so that the design has two sides.
        yield math.floor(design.cutoff) - NEAR, math.ceil(design.cutoff) + NEAR - 1


def _lets_in(keep: Filter) -> tuple[int, int]:
    """Return the first and last whole number that a filter may let in."""
    low, high = -math.inf, math.inf
    for bound in (keep.at_least, keep.above):
        low = max(low, bound) if isinstance(bound, int | float) else low
    for bound in (keep.at_most, keep.below):
        high = min(high, bound) if isinstance(bound, int | float) else high
    if isinstance(keep.below, int | float) and high == keep.below:
        high = math.ceil(high) - 1
    return math.floor(max(low, YOUNGEST)), math.ceil(min(high, OLDEST))
