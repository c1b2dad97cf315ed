"""Whether one cluster decides: the estimate without each cluster in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import Field

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.grams import Grams
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.threads import one_blas_thread
from evaluation.checks._numbers import NO_NUMBER, Number, number_of
from evaluation.checks.contract import Case, Verdict
from evaluation.data.model_data import ModelData
from evaluation.data.model_rows import model_rows
from evaluation.errors import DataError
from evaluation.estimators._subset import subset
from evaluation.estimators.contract import Fit, FloatArray
from evaluation.estimators.registry import estimator
from evaluation.inference.intervals import interval
from evaluation.inference.jackknife import jackknife
from evaluation.spec.options import Evidence, OptionsModel

TITLE = "Leave one cluster out"
ASSUMPTION = "no single cluster makes the result"
SOURCE = (
    "Belsley, Kuh and Welsch (1980), Regression Diagnostics, section 2.1; MacKinnon, Nielsen and "
    "Webb (2023), Journal of Econometrics 232(2), section 7, for clusters"
)
DECIDES, NONE_DECIDES = "one cluster decides", "no cluster decides"
LEVEL = 0.05


class Options(OptionsModel):
    """How much work is allowed where moments do not serve.

    Attributes
    ----------
    fits
        Clusters that may each be left out by a fit of its own, at most; with more the check is
        refused.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"moments"})

    fits: int = Field(default=400, ge=2)


@dataclass(frozen=True)
class Deleted:
    """Estimates without each cluster.

    Attributes
    ----------
    estimates
        Shape ``(G,)``.
    exact
        How they were found.
    """

    estimates: FloatArray
    exact: str


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model without each cluster, and say how far the most influential moves it.

    By moments by cluster where the fit has them, else by a fit for each. ``one cluster decides``
    where the p-value crosses five per cent, at the standard error of all clusters (without one,
    where the sign changes); else ``no cluster decides``. Which cluster it is is never told.

    Raises
    ------
    DataError
        Where the model has no cluster, or two.
    """
    if len(case.result.setting.inference.cluster) != 1:
        raise DataError("leave_one_out: leaves out clusters of one column: name one in the model")
    return tuple(_verdict(case, name, fit, options) for name, fit in case.result.fits.items())


def _verdict(case: Case, outcome: str, fit: Fit, options: Any) -> Verdict:
    number = number_of(fit)
    if number is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    place = fit.terms[0].label
    if fit.moments is not None and place in fit.moments.labels:
        found = _by_moments(fit.moments, fit.moments.labels.index(place))
    else:
        found = _by_fits(case, outcome, options.fits)
    return _judged(outcome, number, found)


def _by_moments(moments: ClusterMoments, which: int) -> Deleted:
    columns = np.arange(moments.gram.shape[1])
    with one_blas_thread():
        deleted = jackknife(
            Grams(moments.gram, moments.moment), moments.beta, columns, moments.interest
        )
    return Deleted(deleted.estimates[:, which], "moments by cluster")


def _by_fits(case: Case, outcome: str, most: int) -> Deleted:
    """Return the estimates by a fit without each cluster.

    Raises
    ------
    DataError
        Where there are too many clusters, or the model cannot be had without some of them.
    """
    try:
        return Deleted(_left_out(case, case.data(outcome), most), "a fit without each cluster")
    except NeedsRows:
        if not case.has_rows:
            raise
    rows, table = case.rows(), case.spec.outcomes[outcome]
    data = model_rows(rows.panel, rows.roles, case.spec, case.result.model, outcome, table)
    return Deleted(_left_out(case, data, most), "a fit without each cluster")


def _left_out(case: Case, data: ModelData, most: int) -> FloatArray:
    setting = case.result.setting
    column = setting.inference.cluster[0]
    if column not in data.columns:
        raise NeedsRows(f"no cell is made of cluster {column}")
    codes = pd.factorize(data.columns[column], sort=True)[0]
    clusters = int(codes.max()) + 1
    if clusters > most:
        raise DataError(
            f"leave_one_out: {clusters} clusters would be left out by a fit each: set fits = "
            f"{clusters} if that may take its time"
        )
    # Only the estimate is wanted: the jackknife of every fit would repeat them all again.
    inference = replace(setting.inference, variance="cr1")
    quick = replace(setting, inference=inference, evidence=frozenset())
    fit = estimator(case.result.model.estimator).fit
    return np.array(
        [
            fit(subset(data, np.flatnonzero(codes != g)), quick).terms[0].estimate
            for g in range(clusters)
        ]
    )


def _judged(outcome: str, number: Number, found: Deleted) -> Verdict:
    moves = found.estimates - number.estimate
    largest = int(np.argmax(np.abs(moves)))
    low, high = float(found.estimates.min()), float(found.estimates.max())
    total = float(np.sum(moves**2))
    share = float(moves[largest] ** 2) / total if total > 0 else None
    error = number.std_error
    relative = None if not error else abs(float(moves[largest])) / error
    decides = _crosses(number, low, high)
    sized = "" if relative is None else f", {relative:.2f} of its standard error"
    part = "" if share is None else f" and makes {share:.0%} of the jackknife variance"
    return Verdict(
        outcome,
        relative,
        None,
        DECIDES if decides else NONE_DECIDES,
        f"without one of {len(moves)} clusters the estimate {number.estimate:.4g} lies between "
        f"{low:.4g} and {high:.4g}; the most influential moves it by {moves[largest]:+.4g}{sized}"
        f"{part}",
        details=(
            ("clusters", len(moves)),
            ("leave_one_out_low", low),
            ("leave_one_out_high", high),
            ("largest_influence", float(moves[largest])),
            ("largest_influence_over_std_error", relative),
            ("largest_share_of_jackknife_variance", share),
            ("by", found.exact),
        ),
    )


def _crosses(number: Number, low: float, high: float) -> bool:
    """Whether some estimate lies on the other side of five per cent, the error held."""
    if number.p_value is None:
        return low <= 0.0 <= high
    values = [interval(one, number.std_error, number.df).p_value for one in (low, high)]
    known = [value for value in values if value is not None]
    # Significant on both sides of zero: the sign is what one cluster decides.
    turned = low < 0.0 < high and number.p_value < LEVEL
    return turned or any((value < LEVEL) != (number.p_value < LEVEL) for value in known)
