"""Details of a kink: its window, the level at the cutoff, other bandwidths."""

from __future__ import annotations

from dataclasses import replace

from evaluation.errors import EstimationError
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request
from evaluation.estimators._kink.found import Kink, kink_of
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import mass_points
from evaluation.estimators.contract import Setting

Details = tuple[tuple[str, str, DetailValue], ...]


def window_details(points: MassPoints, kink: Kink, setting: Setting, df: float | None) -> Details:
    """Return what lies inside the bandwidths, and what the fit was.

    Parameters
    ----------
    points
        Moments at P points.
    kink
        The fit.
    setting
        The model.
    df
        Degrees of freedom; ``None`` means normal.
    """
    found, options = kink.fit, setting.options
    below, above = mass_points(points.x, min(found.h))
    apart: Details = ()
    if setting.inference.variance == "cr1" and options.sides == "joint":
        apart = (
            ("", "std_error_sides_independent", found.change.independent),
            ("", "robust_std_error_sides_independent", found.change.robust_independent),
        )
    return (
        ("", "bandwidth_below", found.h[0]),
        ("", "bandwidth_above", found.h[1]),
        ("", "bias_bandwidth_below", found.b[0]),
        ("", "bias_bandwidth_above", found.b[1]),
        ("", "n_obs_within_below", found.rows[0]),
        ("", "n_obs_within_above", found.rows[1]),
        ("", "mass_points_within_below", below),
        ("", "mass_points_within_above", above),
        ("", "kernel", options.kernel),
        ("", "order", options.order),
        ("", "degrees_of_freedom", df),
        *apart,
    )


def level_details(
    points: MassPoints, request: Request, h: tuple[float, float], sign: int
) -> Details:
    """Return the jump of the level at the cutoff, which a stock does not have.

    Parameters
    ----------
    points
        Moments at P points.
    request
        That of the kink.
    h
        Its bandwidths.
    sign
        1 where the treated side lies above.
    """
    jump = fit_points(points, replace(request, derivative=0, h=h, b=h)).change
    return (
        ("", "jump", sign * jump.estimate),
        ("", "jump_std_error", jump.std_error),
    )


def grid_details(
    points: MassPoints,
    request: Request,
    meet: float | None,
    grid: tuple[float, ...],
    sign: int,
) -> Details:
    """Return the estimate at other bandwidths, or why one gives none.

    Parameters
    ----------
    points
        Moments at P points.
    request
        That of the kink.
    meet
        Where both sides have one level; ``None`` for nowhere.
    grid
        Bandwidths.
    sign
        1 where the treated side lies above.
    """
    found: list[tuple[str, str, DetailValue]] = []
    for h in grid:
        at = f"at_bandwidth_{h:g}"
        one = replace(request, h=(float(h), float(h)), b=None)
        try:
            change = kink_of(points, one, meet).fit.change
        except EstimationError as error:
            found.append(("", f"refused_{at}", "; ".join(error.faults)))
            continue
        found += [
            ("", f"estimate_{at}", sign * change.estimate),
            ("", f"std_error_{at}", change.std_error),
            ("", f"robust_estimate_{at}", sign * change.corrected),
            ("", f"robust_std_error_{at}", change.robust_std_error),
        ]
    return tuple(found)
