"""Unconditional quantile effects: regressions of the recentred influence function.

RIF(y; q) = q + (share - 1[y <= q]) / f(q), regressed like any outcome: its coefficient is minus
that of 1[y <= q], over the density. Standard errors come from draws of clusters, in each of which
quantile, density and regression are made anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators import twfe
from evaluation.estimators._indicator_fits import IndicatorFits, indicator_fits
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._term import term_of
from evaluation.estimators._two_way import TwoWay, two_way
from evaluation.estimators.contract import Fit, Role, Setting, Term, quantile_label
from evaluation.inference.densities import Kernel, density_at, ordered, quantile_of, silverman
from evaluation.spec.options import OptionsModel

TITLE = "Unconditional quantile regression"
SOURCE = "Firpo, Fortin and Lemieux (2009), Econometrica 77(3), equations 2 and 5"
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset({"quantile_effect"})
NEEDS: frozenset[Role] = frozenset({"treated_post"})
# Clusters are drawn, whatever the variance of other models is.
VARIANCES: frozenset[str] = frozenset()
INFERENCE = "draws of whole clusters, quantile, density and regression made anew in each"
# Share of rows at one value from which a density there means nothing.
MASS_POINT = 0.01
# Value, density and bandwidth of a quantile.
Place = tuple[float, float, float]


class Options(OptionsModel):
    """Draws and seed of the cluster bootstrap, and how the density is estimated.

    Attributes
    ----------
    draws
        Draws of clusters for standard errors.
    seed
        Seed of these draws.
    rows
        ``all`` takes quantiles and densities of all rows, as in the paper; ``treated`` those of
        treated rows after the reform, whose quantiles the effect then is about.
    kernel
        Kernel of the density at a quantile.
    bandwidth
        Bandwidth of the density, in units of the outcome; Silverman's if not given.
    """

    TAKES: ClassVar[frozenset[str]] = frozenset({"quantiles", "interact", "group_trends"})

    draws: int = Field(default=199, ge=99)
    seed: int = Field(default=1, ge=0)
    rows: Literal["all", "treated"] = "all"
    kernel: Kernel = "gaussian"
    bandwidth: float | None = Field(default=None, gt=0)


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    right = twfe.equation(setting).split(" = ", maxsplit=1)[1]
    return f"q + (share - 1[y <= q]) / f(q) = {right}"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    return (
        (
            "parallel trends of shares below each quantile: without treatment both groups' would "
            "have moved alike",
            ("pretrends", *placebo_checks(setting)),
        ),
        *twfe.assumptions(setting)[1:],
        ("the effect is small against the spread: the density is that at one point", ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    del setting
    return NotFromCells("quantiles and densities need the outcome of every row")


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the effect on every quantile that the model names.

    Rows, main effects and effects are those of ``twfe``. A draw takes clusters with replacement
    and gives every row its cluster's count as weight; draws in which a coefficient is not
    identified are left out and counted.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer, there is not one cluster to draw, or the outcome does not
        vary about a quantile.
    """
    made, options = two_way(data, setting), setting.options
    if len(made.problem.clusters) != 1:
        raise DataError(
            "rif_quantile: draws one cluster column, its rows together; name one under cluster"
        )
    if made.parts.columns:
        raise DataError("rif_quantile: takes group_trends and no interact; leave interact out")
    fits = indicator_fits(made.problem)
    chosen = _chosen(made, setting)
    weight, order = made.problem.weight, ordered(made.problem.y)
    places = _places(made, setting, chosen, chosen, order)
    below = [made.problem.y <= q for q, _, _ in places]
    for quantile, share in zip(setting.quantiles, below, strict=True):
        if share.all():
            raise DataError(
                f"outcome {data.outcome}: no row lies above its quantile {quantile:g}, so nothing "
                "can be compared: ask for a lower one"
            )
    estimates = np.array(
        [-fits.coefficient(one) / f for one, (_, f, _) in zip(below, places, strict=True)]
    )
    draws, lost = _draws(made, fits, setting, chosen)
    if len(draws) < 2:
        raise DataError(
            "rif_quantile: no draw of clusters identifies the coefficient: treated clusters are "
            "too few"
        )
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    clusters = fits.clusters
    df = float(clusters - 1) if setting.inference.distribution == "t" else None
    details: list[tuple[str, str, DetailValue]] = [
        *made.details,
        ("", "draws", options.draws),
        ("", "draws_without_the_coefficient", lost),
        ("", "clusters", clusters),
        ("", "degrees_of_freedom", df),
        ("", "kernel", options.kernel),
        ("", "quantiles_of", options.rows),
    ]
    for at, (quantile, (q, f, h)) in enumerate(zip(setting.quantiles, places, strict=True)):
        label = quantile_label(quantile)
        low, high = np.quantile(draws[:, at], [0.025, 0.975])
        details += [
            (label, "value", q),
            (label, "density", f),
            (label, "bandwidth", h),
            (label, "percentile_low", float(low)),
            (label, "percentile_high", float(high)),
        ]
    return Fit(
        terms=_terms(setting, estimates, covariance, df),
        n_obs=made.data.n_obs,
        n_units=made.data.n_units,
        n_clusters=clusters,
        details=tuple(details),
        covariance=covariance,
        warnings=(*made.warnings, *_mass_points(made, setting, weight * chosen, places)),
    )


def _chosen(made: TwoWay, setting: Setting) -> FloatArray:
    """Return 1.0 for the rows whose quantiles and densities are meant, shape ``(n,)``."""
    if setting.options.rows == "all":
        return np.ones(len(made.dose))
    return np.where(made.dose != 0.0, 1.0, 0.0)


def _places(
    made: TwoWay,
    setting: Setting,
    counts: FloatArray,
    chosen: FloatArray,
    order: NDArray[np.int64],
) -> list[Place]:
    """Return value, density and bandwidth of every quantile.

    ``counts`` says how often a row stands in a draw, ``chosen`` whether it is meant.
    """
    y, options = made.problem.y, setting.options
    mass = made.problem.weight * counts * chosen
    rows = float((counts * chosen).sum())
    bandwidth = options.bandwidth or silverman(y, mass, order, rows)
    if not bandwidth > 0:
        raise DataError(
            f"{made.problem.outcome}: most rows share one value, so its density is unknown: give "
            "bandwidth, or another outcome"
        )
    values = [quantile_of(y, mass, one, order) for one in setting.quantiles]
    return [(q, density_at(y, mass, q, bandwidth, options.kernel), bandwidth) for q in values]


def _draws(
    made: TwoWay, fits: IndicatorFits, setting: Setting, chosen: FloatArray
) -> tuple[FloatArray, int]:
    """Return the estimates of every draw that identifies them, ``(kept, quantiles)``."""
    options, problem = setting.options, made.problem
    generator = np.random.default_rng(options.seed)
    order = ordered(problem.y)
    found = []
    for _ in range(options.draws):
        taken = generator.integers(0, fits.clusters, fits.clusters)
        counts = np.bincount(taken, minlength=fits.clusters).astype(np.float64)
        solve = fits.drawn(counts)
        behind = counts[problem.clusters[0]]
        if solve is None or not (behind * chosen).any():
            continue
        places = _places(made, setting, behind, chosen, order)
        found.append([-solve(problem.y <= q) / f for q, f, _ in places])
    return np.array(found), options.draws - len(found)


def _terms(
    setting: Setting, estimates: FloatArray, covariance: FloatArray, df: float | None
) -> tuple[Term, ...]:
    return tuple(
        replace(
            term_of(
                float(estimates[at]),
                float(np.sqrt(covariance[at, at])),
                df,
                estimand=setting.estimand,
            ),
            quantile=quantile,
        )
        for at, quantile in enumerate(setting.quantiles)
    )


def _mass_points(
    made: TwoWay, setting: Setting, mass: FloatArray, places: list[Place]
) -> tuple[str, ...]:
    """Return a warning for every quantile that many rows share."""
    y = made.problem.y
    found = []
    for quantile, (q, _, _) in zip(setting.quantiles, places, strict=True):
        share = float(mass[y == q].sum() / mass.sum())
        if share > MASS_POINT:
            found.append(
                f"quantile {quantile:g}: {share:.1%} of rows share its value, where there is no "
                "density; the number depends on the bandwidth"
            )
    return tuple(found)
