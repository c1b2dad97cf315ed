"""The same estimate by rdrobust, on rows: the reference that mass points are held against."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import EstimationError
from evaluation.estimators._cct.fit import CctFit, Estimate
from evaluation.estimators._cct.local import KERNELS
from evaluation.estimators._cct.request import Request
from evaluation.estimators._columns import control_columns
from evaluation.estimators._guards import required

RULES = {
    "mse": "mserd",
    "mse_two": "msetwo",
    "mse_sum": "msesum",
    "cer": "cerrd",
    "cer_two": "certwo",
    "cer_sum": "cersum",
}


def fit_by_library(
    data: ModelData, request: Request, controls: Sequence[str] = (), cluster: IntArray | None = None
) -> CctFit:
    """Estimate a jump from rows with rdrobust, which holds the two sides for independent.

    Parameters
    ----------
    data
        Rows; ``running`` is centred at the cutoff.
    request
        Sharp, with the cutoff at zero and no donut.
    controls
        Columns of ``data.columns``.
    cluster
        Codes, shape ``(n,)``, with variance ``cr1``.

    Raises
    ------
    EstimationError
        Where rdrobust fails.
    """
    running = required(data.running, "a running variable", data.outcome)
    found = _run(data, running, _arguments(data, request, tuple(controls), cluster))
    coefficients = [float(x) for x in np.asarray(found.coef).ravel()]
    errors = [float(x) for x in np.asarray(found.se).ravel()]
    h, b = (np.asarray(found.bws, dtype=np.float64)[row] for row in (0, 1))
    below, above = int(found.N_h[0]), int(found.N_h[1])
    return CctFit(
        change=Estimate(
            estimate=coefficients[0],
            corrected=coefficients[2],
            std_error=errors[0],
            robust_std_error=errors[2],
            independent=errors[0],
            robust_independent=errors[2],
        ),
        first_stage=None,
        h=(float(h[0]), float(h[1])),
        b=(float(b[0]), float(b[1])),
        rows=(below, above),
        mass_points=_mass_points(running, request.kernel, float(h[0]), float(h[1])),
        clusters=None,
    )


def _mass_points(running: FloatArray, kernel: str, below: float, above: float) -> tuple[int, int]:
    x = np.unique(running)
    near = KERNELS[kernel](np.abs(x) / np.where(x < 0, below, above)) > 0
    return int(np.sum(near & (x < 0))), int(np.sum(near & (x >= 0)))


def _arguments(
    data: ModelData, request: Request, controls: tuple[str, ...], cluster: IntArray | None
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "c": 0.0,
        "p": request.order,
        "deriv": request.derivative,
        "kernel": request.kernel,
        # Without a cluster variance named, rdrobust falls back to the factors of hc1.
        "vce": request.variance,
        "masspoints": request.masspoints,
    }
    if request.h is None:
        arguments["bwselect"] = RULES[request.rule]
    else:
        arguments["h"] = np.array(request.h)
        arguments["b"] = np.array(request.b or request.h)
    if cluster is not None:
        arguments["cluster"] = cluster
    if data.weight is not None:
        arguments["weights"] = data.weight
    columns = control_columns(data, controls)
    if columns:
        arguments["covs"] = np.column_stack(list(columns.values()))
    return arguments


def _run(data: ModelData, running: FloatArray, arguments: dict[str, Any]) -> Any:
    from rdrobust import rdrobust

    # The library prints remarks about mass points; what matters of them stands in the details.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), one_blas_thread():
        warnings.simplefilter("ignore")
        try:
            return rdrobust(data.y, running, **arguments)
        # rdrobust raises plain Exception where a bandwidth cannot be computed.
        except Exception as error:
            raise EstimationError(
                f"outcome {data.outcome}: the local polynomial cannot be fitted "
                f"({type(error).__name__} in rdrobust): set a wider fixed bandwidth, a lower order "
                "or masspoints = 'off'"
            ) from error
