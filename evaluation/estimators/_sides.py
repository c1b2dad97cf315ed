"""Limit and slope of the outcome on each side of a cutoff: what checks ask for, no spec names."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.local import KERNELS, local_fits
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._cct.variance import Influence, covariance
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._guards import codes_of, is_far
from evaluation.estimators._rd import Periods
from evaluation.estimators._subset import subset
from evaluation.estimators.contract import Fit, Role, Setting, Term
from evaluation.inference.intervals import interval
from evaluation.spec.options import Column, OptionsModel

TITLE = "Limits and slopes on both sides of a cutoff, local linear"
SOURCE = "Fan and Gijbels (1996), Local Polynomial Modelling and Its Applications, chapter 3"
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"itt_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values of the running variable that a line with an error needs.
LEAST_MASS_POINTS = 3
# Shares of the outcome's size below which a value, or the root of a variance, is rounding.
ROUNDING, ROOT = 1e-13, 1e-7
ROWS_WITHIN = "rows_within"
PLACES = ("limit below", "slope below", "limit above", "slope above")


class Options(OptionsModel):
    """Bandwidths below and above, kernel, and the column by whose values rows are fitted apart."""

    below: float
    above: float
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    periods: Periods = "all"
    # Calendar months, in each of which a unit has one row.
    by_month: Column | None = None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    del setting
    return "on each side y = β_0 + β_1·x + error, x = running variable - cutoff"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return nothing: limits are described, no effect is claimed."""
    del setting
    return ()


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells: points by month where each is fitted by itself."""
    if setting.options.by_month is None:
        return cutoff_needs(setting, full=False)
    if not setting.design.running_variable.discrete:
        return NotFromCells("the running variable is continuous: no rows share a value")
    return CellNeeds(roles=frozenset({"running"}), clusters=_places(setting))


def fit(data: ModelData, setting: Setting) -> Fit:
    """Fit a line on each side and return its limit and its slope at the cutoff.

    Terms are ``limit below``, ``slope below``, ``limit above``, ``slope above``, once or for every
    month; ``n_obs`` of a term counts the rows inside its side's bandwidth. By month a unit has one
    row each, so that errors by unit are those robust to heteroskedasticity; a month with too few
    values has no line, and all months have their rows in ``details``.

    Parameters
    ----------
    data
        Rows or cells of one outcome, which need not vary.
    setting
        The model whose bandwidths these are.

    Raises
    ------
    EstimationError
        Where fewer than three distinct values of the running variable lie within a bandwidth.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    with one_blas_thread():
        if setting.options.by_month is not None:
            return _by_month(data, setting, setting.options.by_month)
        cluster = _codes(data, setting)
        by_unit = setting.inference.variance == "cr1" and cluster is None
        points = points_of(data, (), cluster, by_unit=by_unit)
        terms = _lines(points, setting, setting.inference.variance)
    return Fit(terms, data.n_obs, data.n_units)


def _places(setting: Setting) -> tuple[str, ...]:
    """Return the cluster columns that are not the unit."""
    return tuple(name for name in setting.inference.cluster if name != setting.unit)


def _codes(data: ModelData, setting: Setting) -> IntArray | None:
    near = [name for name in setting.inference.cluster if not is_far(data, name)]
    return codes_of(data, near[0]) if near else None


def _by_month(data: ModelData, setting: Setting, column: str) -> Fit:
    """Return the lines of every month that has enough values, and the rows of every month."""
    month, places = data.columns[column].to_numpy(np.int64), _places(setting)
    found: list[Term] = []
    rows: list[tuple[str, str, int]] = []
    for one in np.unique(month).tolist():
        part, label = subset(data, np.flatnonzero(month == one)), month_label(one)
        points = points_of(part, (), codes_of(part, places[0]) if places else None)
        rows.append((label, ROWS_WITHIN, _rows(points, setting)))
        if min(_inside(points, setting)) >= LEAST_MASS_POINTS:
            found += _lines(points, setting, "cr1" if places else "hc1", label)
    return Fit(tuple(found), data.n_obs, data.n_units, details=tuple(rows))


def _rows(points: MassPoints, setting: Setting) -> int:
    """Return the rows with a positive kernel weight."""
    widths = np.where(points.x < 0, *_widths(setting))
    near = KERNELS[setting.options.kernel](np.abs(points.x) / widths) > 0
    return int(points.rows[near].sum())


def month_label(month: int) -> str:
    """Return YYYYMM as it is printed, ``2017-01``."""
    return f"{month // 100}-{month % 100:02d}"


def _widths(setting: Setting) -> tuple[float, float]:
    return setting.options.below, setting.options.above


def _inside(points: MassPoints, setting: Setting) -> list[int]:
    """Return how many distinct values lie wholly on each side within its bandwidth."""
    return [
        int(((share == 1) & (np.abs(points.x) < width)).sum())
        for share, width in zip(points.shares, _widths(setting), strict=True)
    ]


def _lines(
    points: MassPoints, setting: Setting, variance: str, period: str = ""
) -> tuple[Term, ...]:
    if min(_inside(points, setting)) < LEAST_MASS_POINTS:
        raise EstimationError(
            f"outcome {points.outcome}: fewer than {LEAST_MASS_POINTS} distinct values of the "
            "running variable lie within the bandwidth on one side: widen it"
        )
    size = float(np.abs(points.moments.mean[:, 0]).max() + abs(points.centre[0]))
    values: list[float] = []
    influences: list[Influence] = []
    rows: list[int] = []
    for line in local_fits(points, 1, _widths(setting), setting.options.kernel):
        level, slope = (float(line.coefficients[at, 0]) for at in (0, 1))
        values += [_clean(level + float(points.centre[0]), size), _clean(slope, size)]
        influences += [Influence(line.level[at], line.fitted, line.inside, 2) for at in (0, 1)]
        rows += [int(points.rows[line.inside].sum())] * 2
    spread = np.diag(covariance(points, variance, influences, _outcome(points)))
    errors = np.sqrt(np.maximum(spread, 0.0))
    return tuple(
        _term(setting, name, period, value, _clean(float(error), size, ROOT), count)
        for name, value, error, count in zip(PLACES, values, errors, rows, strict=True)
    )


def _clean(value: float, size: float, share: float = ROUNDING) -> float:
    """Return a number, or zero where it is rounding of numbers of some size."""
    return 0.0 if abs(value) <= share * size else value


def _outcome(points: MassPoints) -> FloatArray:
    """Return the combination that is the outcome alone."""
    one: FloatArray = np.eye(len(points.centre))[0]
    return one


def _term(setting: Setting, name: str, period: str, value: float, error: float, rows: int) -> Term:
    ends = interval(value, error)
    known = error if np.isfinite(error) else None
    return Term(
        value,
        known,
        ends.low,
        ends.high,
        ends.p_value,
        estimand=setting.estimand,
        term=name,
        period=period,
        n_obs=rows,
    )
