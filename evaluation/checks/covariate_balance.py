"""Whether persons on either side of the cutoff are of the same kind: covariates as outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._at_cutoff import (
    Change,
    blocks_of,
    changes_of,
    drawn,
    points_from,
    request_of,
    require_cutoff,
)
from evaluation.checks._power import LEVEL, detectable
from evaluation.checks.composition import FOUND, NOT_FOUND, holm
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.side_by_side import SideBySide, fit_side_by_side
from evaluation.estimators.contract import FloatArray
from evaluation.estimators.rd_robust import Bandwidth
from evaluation.inference.wald import hotelling_p_value, wald
from evaluation.spec.options import Column, OptionsModel

TITLE = "Covariate balance at the cutoff"
ASSUMPTION = "persons just below and just above the cutoff are of the same kind"
SOURCE = (
    "Lee and Lemieux (2010), Journal of Economic Literature 48(2); robust bias-corrected "
    "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6); Holm (1979), Scandinavian "
    "Journal of Statistics 6(2)"
)
EVERY = "all columns"
# Clusters for each restriction of a joint test.
CLUSTERS_EACH = 5


class Options(OptionsModel):
    """Covariates that are taken as outcomes, and their bandwidth.

    Attributes
    ----------
    columns
        Columns that treatment cannot have changed.
    bandwidth
        Bandwidth of every covariate; by the model's rule, each its own, if not given.
    """

    columns: tuple[Column, ...] = Field(min_length=1)
    bandwidth: Bandwidth | None = None

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for designs without a cutoff, and for columns named twice."""
        del owner
        yield from require_cutoff(spec, where)
        for column in dict.fromkeys(self.columns):
            if self.columns.count(column) > 1:
                yield f"{where}.columns: names {column!r} more than once; name it once"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the jump of every covariate at the cutoff, and test all jointly.

    A kink model asks for kinks. Order, kernel, bandwidth rule, periods and clusters are the
    model's; every covariate has a bandwidth of its own by that rule, and rows that lack any
    covariate are out. One row for each column with its p-value by Holm, then a joint test with the
    covariance across covariates. Verdicts are ``violation found`` and ``not detected``, with the
    jump that would be detected with a power of 80 %.

    Raises
    ------
    DataError
        Where the rows cannot answer: a column that holds no numbers, one cluster.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    columns: tuple[str, ...] = options.columns
    inference = case.result.setting.inference
    data = case.draw(drawn(case, columns))
    kink = case.result.model.estimand in {"kink_at_cutoff", "change_in_kink_at_cutoff"}
    own = case.result.model.options
    request = request_of(own, inference, options.bandwidth, derivative=1 if kink else 0)
    with one_blas_thread():
        points = points_from(data, columns[1:], inference)
        found = fit_side_by_side(points, request)
    parts = ", all parts together," if case.result.model.estimand.startswith("change_in") else ""
    noun = f"{'changes slope' if kink else 'jumps'}{parts}"
    changes = dict(zip(columns, changes_of(case, found.fits, inference), strict=True))
    adjusted = holm({name: one.p_value for name, one in changes.items()})
    spread = dict(zip(columns, _deviations(points), strict=True))
    rows = [_row(name, one, adjusted[name], noun, spread[name]) for name, one in changes.items()]
    return (*rows, _joint(tuple(changes.values()), found)) if len(rows) > 1 else tuple(rows)


def _deviations(points: MassPoints) -> tuple[float, ...]:
    """Return the standard deviation of every variable over all rows, weighted as they are."""
    moments = points.moments
    inner = np.einsum("pjj->j", moments.scatter)
    between = np.einsum("p,pj->j", moments.weight, moments.mean**2)
    return tuple(float(one) for one in np.sqrt((inner + between) / moments.weight.sum()))


def _row(
    column: str, change: Change, adjusted: float | None, noun: str, deviation: float
) -> Verdict:
    details = (*change.details, ("standard_deviation", deviation))
    if change.p_value is None or adjusted is None:
        reason = "it has one value in all rows near the cutoff; name another column"
        return Verdict("", None, None, "refused", reason, term=column, details=details)
    return Verdict(
        "",
        change.centre / change.robust_error,
        adjusted,
        FOUND if adjusted < LEVEL else NOT_FOUND,
        f"{noun} by {change.centre:+.4g} (standard error {change.robust_error:.4g}); p-value "
        f"adjusted by Holm; {detectable(change.robust_error)}",
        term=column,
        details=details,
    )


def _joint(changes: tuple[Change, ...], found: SideBySide) -> Verdict:
    estimates: FloatArray = np.array([one.centre for one in changes])
    usable = np.array([one.p_value is not None for one in changes])
    test = wald(estimates[usable], found.covariance[np.ix_(usable, usable)])
    blocks = blocks_of(found.fits)
    details = (("restrictions", test.rank), ("clusters_on_the_smaller_side", blocks))
    if test.rank == 0:
        return Verdict("", None, None, "refused", "no column varies near the cutoff", term=EVERY)
    if blocks is not None and blocks < CLUSTERS_EACH * test.rank:
        reason = (
            f"{test.rank} columns are too many for {blocks:.0f} clusters on a side: read the "
            "adjusted p-values, or name fewer"
        )
        return Verdict("", test.statistic, None, "refused", reason, term=EVERY, details=details)
    p_value = test.p_value if blocks is None else hotelling_p_value(test, blocks)
    return Verdict(
        "",
        test.statistic,
        p_value,
        FOUND if p_value is not None and p_value < LEVEL else NOT_FOUND,
        f"joint test of {test.rank} column{'s' if test.rank > 1 else ''}",
        term=EVERY,
        details=details,
    )
