"""Counts of events in bins of a discrete running variable on either side of a cutoff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.checks._power import LEVEL
from evaluation.checks.contract import Verdict
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.inference.mass_point import MassPoint, detectable_excess, mass_point_test
from evaluation.spec.design import RdDesign

# Bins on a side.
BINS = 2


@dataclass(frozen=True)
class Bins:
    """Four bins equally far apart, the cutoff between the second and the third.

    Attributes
    ----------
    counts
        Events, of each person the first on either side, shape ``(4,)``.
    edges
        First and last value of every bin, less the cutoff, shape ``(4, 2)``.
    repeated
        Events left out because their person had an earlier one in the bins of that side; ``None``
        where no unit is known.
    """

    counts: IntArray
    edges: IntArray
    repeated: int | None

    def tested(self, curvature: float) -> tuple[MassPoint, MassPoint]:
        """Return the tests of the last bin below and the first above, each by its neighbours."""
        far, below, above, beyond = (int(one) for one in self.counts)
        return (
            mass_point_test(far, below, above, curvature),
            mass_point_test(below, above, beyond, curvature),
        )


def gap_of(design: RdDesign) -> tuple[int, int]:
    """Return the last value below the cutoff and the first above that are wholly on their side."""
    if design.donut is not None:
        return -design.donut, design.donut
    return (-1, 1) if design.exposure is not None else (-1, 0)


def bins_of(data: ModelData, design: RdDesign, width: int) -> Bins:
    """Return the counts of rows in two bins on either side of the cutoff.

    Between all bins lie as many values as are left out at the cutoff, so that their centres are
    equally far apart.

    Parameters
    ----------
    data
        One row an event, or cells of them; the running variable counts in whole numbers.
    design
        For what is left out at the cutoff.
    width
        Values in a bin.

    Raises
    ------
    DataError
        Where the running variable has fractions, or does not reach the outer bins.
    """
    if data.running is None:
        raise DataError("design: gives no running variable")
    last, first = gap_of(design)
    stride = width + first - last - 1
    starts = [first + at * stride for at in range(BINS)]
    ends = [last - at * stride for at in reversed(range(BINS))]
    edges = np.array(
        [(end - width + 1, end) for end in ends] + [(start, start + width - 1) for start in starts],
        dtype=np.int64,
    )
    low, high = int(edges[0, 0]), int(edges[-1, 1])
    sides = [_first_events(data, low, last), _first_events(data, first, high)]
    x = np.concatenate([side[0] for side in sides])
    counts = np.concatenate([side[1] for side in sides])
    left_out = [side[2] for side in sides if side[2] is not None]
    repeated = sum(left_out) if left_out else None
    if not np.array_equal(x, np.round(x)):
        raise DataError(
            "design.running_variable: has fractions, and the test counts events at whole values: "
            "leave the check out, or coarsen the running variable"
        )
    if not len(x) or x[0] > edges[0, 1] or x[-1] < edges[-1, 0]:
        raise DataError(
            f"the test wants events from {-low} below to {high} above the cutoff, and there are "
            "none that far: widen sample.keep, or set a smaller width"
        )
    inside = [counts[(x >= one[0]) & (x <= one[1])].sum() for one in edges]
    return Bins(np.array(inside, dtype=np.int64), edges, repeated)


def _first_events(data: ModelData, low: int, high: int) -> tuple[FloatArray, IntArray, int | None]:
    """Return values from ``low`` to ``high`` and the persons whose first event there lies at each.

    Third the events left out; without units, all events and ``None``.
    """
    running = np.zeros(0) if data.running is None else data.running
    pairs = data.pairs
    if pairs is not None and pairs.successive is not None:
        inside = (pairs.running >= low) & (pairs.running <= high)
        # Every unit seen at b after an event in the stretch has exactly one that came just before.
        follow = pairs.successive[np.ix_(inside, inside)]
        seen = np.diag(follow)
        again = np.triu(follow, 1).sum(axis=0)
        return pairs.running[inside], (seen - again).astype(np.int64), int(again.sum())
    inside = (running >= low) & (running <= high)
    if data.unit is not None and data.rows is None:
        unit, at = data.unit[inside], running[inside]
        order = np.lexsort([at, unit])
        new = np.r_[True, unit[order][1:] != unit[order][:-1]] if len(order) else order
        x = np.unique(at)
        counts = np.bincount(np.searchsorted(x, at[order][new]), minlength=len(x))
        return x, counts.astype(np.int64), int(inside.sum() - counts.sum())
    rows = np.ones(len(running), dtype=np.int64) if data.rows is None else data.rows
    x, place = np.unique(running[inside], return_inverse=True)
    return x, np.bincount(place, rows[inside], len(x)).astype(np.int64), None


def discrete_verdict(bins: Bins, width: int, curvature: float, term: str) -> Verdict:
    """Return the tests of the bins next to the cutoff as one verdict, still to be adjusted.

    Parameters
    ----------
    bins
        Counts.
    width
        Values in a bin.
    curvature
        How far a smooth count may lie from the mean of its neighbours, relative to it.
    term
        What the row is called.
    """
    below, above = bins.tested(curvature)
    found = [one.p_value for one in (below, above) if one.p_value is not None]
    details = (
        *((f"events in bin {at + 1}", int(one)) for at, one in enumerate(bins.counts)),
        *((f"bin {at + 1} begins", int(one[0])) for at, one in enumerate(bins.edges)),
        ("width", width),
        ("curvature", curvature),
        ("excess_below", below.excess),
        ("excess_above", above.excess),
        ("p_value_below", below.p_value),
        ("p_value_above", above.p_value),
        ("later_events_of_the_same_person", bins.repeated),
    )
    if not found:
        reason = "no events lie near the cutoff: widen the sample or width"
        return Verdict("", None, None, "refused", reason, term=term, details=details)
    # Both bins next to the cutoff are tested: Bonferroni.
    p_value = min(1.0, 2 * min(found))
    power = detectable_excess(above.total, curvature, LEVEL / 2)
    message = (
        f"{_words(below)} in the last bin below, {_words(above)} in the first above, a smooth "
        f"count being within {curvature:.0%} of the mean of its neighbours; power 80% "
        f"against {power:.0%}"
    )
    return Verdict("", above.excess, p_value, "", message, term=term, details=details)


def _words(one: MassPoint) -> str:
    excess = "" if one.excess is None else f" ({one.excess:+.0%})"
    return f"{one.count} events{excess}"
