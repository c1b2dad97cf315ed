"""Means on either side of a cutoff, and the polynomials that each model fits to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.cells.supply import Supply
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators._cct.local import BoolArray
from evaluation.estimators._cct.parts import without_partial
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._difference.parts import PARTS
from evaluation.estimators._difference.points import parted_points
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import ModelResult, data_of
from evaluation.report.observed._curves import Curves, Window, curves_of
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.design import RdDesign
from evaluation.spec.spec import Spec

NAME = "cutoff"
COLUMNS = ("model", "outcome", "part", "variable", "series", "side", "x", "y", "rows")
# The range of means, in bandwidths; and how finely they and the curves are drawn.
SHOWN, BINS, STEPS = 2.0, 30, 24
DISCRETE_AT_MOST = 120
ALL = "all"
SIDES = ("below", "above")


@dataclass(frozen=True)
class Fitted:
    """What the polynomials of one model and outcome are fitted to, and how.

    Attributes
    ----------
    points
        Mass points of all rows.
    parts
        Which points each part has, by the part's name.
    window
        How sides are fitted.
    variables
        ``outcome``, and ``treatment`` of a fuzzy design, in the order of the points' variables.
    """

    points: MassPoints
    parts: Mapping[str, BoolArray]
    window: Window
    variables: tuple[str, ...] = ("outcome",)


def observe(supply: Supply, spec: Spec, results: tuple[ModelResult, ...]) -> dict[str, PointTable]:
    """Return means, curves, bandwidths and the donut of every model at a cutoff.

    Rows and cells are those that the model saw; its controls are taken off. The curves' gap at the
    cutoff is the model's conventional estimate: their levels' for a jump, their slopes' for a kink,
    that of the outcome's over the treatment's for a ratio. Each value of a discrete running
    variable is one mean; others are cut into equal bins that never straddle the cutoff.
    """
    if not isinstance(spec.design, RdDesign):
        return {}
    rows: list[tuple[Value, ...]] = []
    for result in results:
        for name, fit in result.fits.items():
            maker = MAKERS.get(result.model.estimator)
            if maker is None:
                continue
            with one_blas_thread():
                fitted = maker(data_of(spec, result, supply, name), result, fit)
                rows += _rows(spec.design, result.model.id, name, fitted)
    return {NAME: PointTable(COLUMNS, tuple(rows))} if rows else {}


def _rows(
    design: RdDesign, model: str, outcome: str, fitted: Fitted
) -> Iterator[tuple[Value, ...]]:
    cutoff, window = float(design.cutoff), fitted.window
    place, discrete = (model, outcome), design.running_variable.discrete
    yield (*place, ALL, ALL, "cutoff", None, cutoff, None, None)
    for side, sign, width in zip(SIDES, (-1, 1), window.widths, strict=True):
        yield (*place, ALL, ALL, "bandwidth", side, cutoff + sign * width, None, None)
        if design.donut is not None:
            reach = design.donut - (0.5 if discrete else 0.0)
            yield (*place, ALL, ALL, "donut", side, cutoff + sign * reach, None, None)
    for at, variable in enumerate(fitted.variables):
        found = curves_of(fitted.points, tuple(fitted.parts.values()), window, at)
        for part, curves in zip(fitted.parts, found, strict=True):
            for series, side, x, y, rows in _series(curves, window, discrete):
                yield (*place, part, variable, series, side, x + cutoff, y, rows)


def _series(
    curves: Curves, window: Window, discrete: bool
) -> Iterator[tuple[str, str, float, float, int | None]]:
    """Yield the means, side by side, then the curves from where they meet to the last mean."""
    reach = SHOWN * np.array(window.widths)
    above = curves.x >= 0
    near = np.abs(curves.x) <= np.where(above, reach[1], reach[0])
    for chosen, side in (
        (near & ~above & ~curves.partly, "below"),
        (near & curves.partly, "partly"),
        (near & above & ~curves.partly, "above"),
    ):
        for x, y, rows in _binned(curves, chosen, discrete):
            yield "mean", side, x, y, rows
    for at, (side, width) in enumerate(zip(SIDES, window.widths, strict=True)):
        own = curves.x[(above == bool(at)) & (np.abs(curves.x) <= width)]
        end = float(own[-1 if at else 0]) if len(own) else width * (2 * at - 1)
        places = np.linspace(curves.about, end, STEPS + 1)
        for x, y in zip(places, curves.at(at, places), strict=True):
            yield "fit", side, float(x), float(y), None


def _binned(
    curves: Curves, chosen: BoolArray, discrete: bool
) -> Iterator[tuple[float, float, int]]:
    x, weight = curves.x[chosen], curves.weight[chosen]
    place, centre = np.arange(len(x)), x
    if not discrete and len(x) > DISCRETE_AT_MOST:
        edges = np.linspace(*_ends(x), BINS + 1)
        place = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, BINS - 1)
        centre = (edges[1:] + edges[:-1]) / 2
    total = np.bincount(place, weight, len(centre))
    value = np.bincount(place, weight * curves.mean[chosen], len(centre))
    count = np.bincount(place, curves.rows[chosen], len(centre))
    for at in np.flatnonzero(total > 0):
        yield float(centre[at]), float(value[at] / total[at]), round(float(count[at]))


def _ends(x: FloatArray) -> tuple[float, float]:
    """Return the ends of a side's bins, the cutoff among them."""
    return min(float(x[0]), 0.0), max(float(x[-1]), 0.0)


def _window(fit: Fit, points: MassPoints, order: int, kernel: str, **more: Any) -> Window:
    """Return a window whose bandwidths are those in a fit's details; without, all points."""
    named = {name: value for term, name, value in fit.details if term == ""}
    both = named.get("bandwidth")
    reach = float(np.abs(points.x).max())
    below, above = (
        float(value) if isinstance(value, int | float) else reach
        for side in SIDES
        for value in (named.get(f"bandwidth_{side}", both),)
    )
    return Window((below, above), kernel, order, **more)


def _plain(points: MassPoints, window: Window, *variables: str) -> Fitted:
    return Fitted(
        points, {ALL: np.ones(len(points.x), dtype=bool)}, window, ("outcome", *variables)
    )


def _robust(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    points, options = points_of(data, result.setting.controls), result.setting.options
    return _plain(points, _window(fit, points, options.order, options.kernel))


def _honest(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    points = points_of(data, result.setting.controls)
    return _plain(points, _window(fit, points, 1, result.setting.options.kernel))


def _polynomial(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    points, options = points_of(data, result.setting.controls), result.setting.options
    common = options.slopes == "common"
    return _plain(points, _window(fit, points, options.order, "uniform", common=common))


def _fuzzy(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    points, options = _with_treatment(data, result), result.setting.options
    return _plain(points, _window(fit, points, options.order, options.kernel), "treatment")


def _kink(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    options, ratio = result.setting.options, result.setting.estimand == "late_at_cutoff"
    points = _with_treatment(data, result) if ratio else points_of(data, result.setting.controls)
    points = without_partial(points)
    meet = None if options.continuous_at is None else float(options.continuous_at)
    window = _window(fit, points, options.order, options.kernel, meet=meet)
    return _plain(points, window, *(("treatment",) if ratio else ()))


def _flow(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    points, options = points_of(data), result.setting.options
    return _plain(points, _window(fit, points, options.order + 1, options.kernel))


def _difference(data: ModelData, result: ModelResult, fit: Fit) -> Fitted:
    options = result.setting.options
    parts = PARTS[options.between]
    parted = parted_points(data, parts, result.setting.controls)
    order = next(int(value) for _, name, value in fit.details if name == "order" and value)
    window = _window(fit, parted.points, order, options.kernel)
    members = {part.name: parted.part == at for at, part in enumerate(parts)}
    return Fitted(parted.points, members, window)


def _with_treatment(data: ModelData, result: ModelResult) -> MassPoints:
    column = result.setting.design.treatment
    name = "treatment" if column is None else column.column
    return points_of(data, result.setting.controls, treatment=name)


MAKERS: dict[str, Callable[[ModelData, ModelResult, Fit], Fitted]] = {
    "rd_robust": _robust,
    "rd_honest": _honest,
    "rd_polynomial": _polynomial,
    "rd_fuzzy": _fuzzy,
    "rd_kink": _kink,
    "rd_flow": _flow,
    "rd_difference": _difference,
}
