"""A difference of discontinuities as a row with its details."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluation.data.model_data import IntArray, ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._difference.fit import DifferenceFit
from evaluation.estimators._difference.parts import Part
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import cluster_warning, exposure_details, sign_of
from evaluation.estimators.contract import Fit, Setting, Term
from evaluation.inference.intervals import interval

Details = list[tuple[str, str, DetailValue]]


def printed(
    data: ModelData,
    setting: Setting,
    parts: tuple[Part, ...],
    found: DifferenceFit,
    clusters: tuple[IntArray, ...],
) -> Fit:
    """Return the fit: one row, and details of the difference and of every part.

    Parameters
    ----------
    data, setting
        The rows and the model.
    parts, found
        What was compared, above less below the cutoff.
    clusters
        Codes of clusters that every entry lies in; none where the unit is the cluster of cells.

    Raises
    ------
    EstimationError
        Where an error is not finite.
    """
    sign, change = sign_of(setting.design), found.change
    estimate, centre = sign * change.estimate, sign * change.corrected
    numbers = [estimate, centre, change.std_error, change.robust_std_error]
    if not np.all(np.isfinite(numbers)) or change.robust_std_error <= 0:
        raise EstimationError(
            f"outcome {data.outcome}: the local polynomials have no finite standard error: set a "
            "wider fixed bandwidth or a lower order"
        )
    rows = sum(side.rows for part in found.windows for side in part) + found.partial
    used = rows - 2.0 * len(parts) * (found.order + 1)
    n_clusters = _clusters(data, setting, clusters)
    if n_clusters is not None and setting.inference.variance == "cr1":
        used = n_clusters - 1.0
    df = used if setting.inference.distribution == "t" else None
    bounds = interval(centre, change.robust_std_error, df)
    details: Details = [
        ("", "robust_estimate", centre),
        ("", "robust_std_error", change.robust_std_error),
        ("", "bandwidth", found.h),
        ("", "bias_bandwidth", found.b),
        ("", "kernel", setting.options.kernel),
        ("", "order", found.order),
        ("", "degrees_of_freedom", df),
    ]
    if setting.inference.variance == "cr1":
        details += [
            ("", "std_error_fits_independent", change.independent),
            ("", "robust_std_error_fits_independent", change.robust_independent),
        ]
    details += exposure_details(data, setting)
    for at, part in enumerate(parts):
        details += _details_of(part, found, at, sign)
    term = Term(
        estimate,
        change.std_error,
        bounds.low,
        bounds.high,
        bounds.p_value,
        estimand=setting.estimand,
    )
    return Fit(
        terms=(term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=n_clusters,
        details=tuple(details),
        covariance=np.array([[change.std_error**2]]),
        warnings=cluster_warning(data, clusters),
    )


def _details_of(
    part: Part, found: DifferenceFit, at: int, sign: int
) -> Iterator[tuple[str, str, DetailValue]]:
    """Yield a part's own discontinuity, and what its local fits rest on."""
    own = found.parts[at]
    named: dict[str, DetailValue] = {
        "estimate": sign * own.estimate,
        "std_error": own.std_error,
        "robust_estimate": sign * own.corrected,
        "robust_std_error": own.robust_std_error,
    }
    for side, window in zip(("below", "above"), found.windows[at], strict=True):
        named[f"n_obs_within_{side}"] = window.rows
        if window.clusters is not None:
            named[f"n_clusters_within_{side}"] = window.clusters
            named[f"small_sample_factor_{side}"] = window.factor
    for name, value in named.items():
        yield "", f"{part.name}_{name}", value


def _clusters(data: ModelData, setting: Setting, clusters: tuple[IntArray, ...]) -> int | None:
    """Return the number of clusters among all rows of the model."""
    if clusters:
        return int(clusters[0].max()) + 1
    if not setting.inference.cluster:
        return None
    return data.n_units
