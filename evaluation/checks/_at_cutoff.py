"""What checks at a cutoff share: other data of the same sample, and changes estimated on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evaluation.checks._variants import with_models, with_outcomes
from evaluation.checks.contract import Case
from evaluation.data.model_data import ModelData
from evaluation.estimators._cct.fit import CctFit
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._difference.pairs import together
from evaluation.estimators._guards import cluster_codes
from evaluation.estimators._rd import Periods, sign_of
from evaluation.estimators.rd_robust import Bandwidth, Options
from evaluation.inference.intervals import interval
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec
from evaluation.spec.variance import Inference

RULES = frozenset({"mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum"})
KERNELS = ("triangular", "epanechnikov", "uniform")


@dataclass(frozen=True)
class Change:
    """A change at the cutoff, treated side less untreated side.

    Attributes
    ----------
    estimate, std_error
        Conventional.
    centre, robust_error
        Bias-corrected, with the error that counts the correction: what is tested.
    p_value
        Two-sided, of ``centre``; ``None`` where nothing varies.
    bandwidth
        Below and above.
    n_obs
        Rows inside.
    """

    estimate: float
    std_error: float
    centre: float
    robust_error: float
    p_value: float | None
    bandwidth: tuple[float, float]
    n_obs: int

    @property
    def details(self) -> tuple[tuple[str, float | int | None], ...]:
        """The numbers, as details of a check."""
        return (
            ("estimate", self.estimate),
            ("std_error", self.std_error),
            ("robust_estimate", self.centre),
            ("robust_std_error", self.robust_error),
            ("p_value_unadjusted", self.p_value),
            ("bandwidth_below", self.bandwidth[0]),
            ("bandwidth_above", self.bandwidth[1]),
            ("n_obs_within", self.n_obs),
        )


def cutoff_of(spec: Spec) -> RdDesign:
    """Return the design of a spec that has a cutoff."""
    if not isinstance(spec.design, RdDesign):
        raise TypeError("checks at a cutoff are asked of rd designs")
    return spec.design


def require_cutoff(spec: Any, where: str) -> tuple[str, ...]:
    """Return a line where the design has no cutoff, for the rules of a check."""
    if isinstance(spec.design, RdDesign):
        return ()
    return (f"{where}: speaks of a cutoff, and design.kind is {spec.design.kind!r}; remove it",)


def drawn(
    case: Case,
    columns: tuple[str, ...],
    spec: Spec | None = None,
    beside: tuple[str, ...] = (),
    **changed: Any,
) -> Spec:
    """Return the spec whose one model sees several columns in the sample of the model judged.

    Parameters
    ----------
    case
        The model under judgement.
    columns
        An outcome, then what is to stand beside it: rows that lack any leave.
    spec
        In place of the spec's own sample and design.
    beside
        Columns that other drawn specs see, so that a source is read once for all of them.
    changed
        Further keys of the model.
    """
    own = case.result.model
    dated = getattr(case.spec.design, "reform_date", None) is not None
    periods: Periods = getattr(own.options, "periods", "post" if dated else "all")
    keys = {
        "estimator": "rd_robust",
        "estimand": "itt_at_cutoff",
        "outcomes": columns[:1],
        "controls": columns[1:],
        "variance": case.result.setting.inference.variance,
        "horizons": (),
        "options": Options(periods=periods),
        **changed,
    }
    bare = with_models(spec or case.spec, own.model_copy(update=keys))
    return with_outcomes(bare, dict.fromkeys((*columns[:1], *beside)))


def points_from(data: ModelData, controls: tuple[str, ...], inference: Inference) -> MassPoints:
    """Return the mass points of drawn data, with what a clustered variance needs.

    Raises
    ------
    DataError
        Where all rows lie in one cluster.
    NeedsRows
        Where cells do not hold the pairs of points.
    """
    clusters = cluster_codes(data, inference)
    by_unit = inference.variance == "cr1" and not clusters
    # A model that compares periods or groups has pairs of points for each part.
    if data.pairs is not None and len(np.unique(data.pairs.running)) < len(data.pairs.running):
        data = replace(data, pairs=together(data.pairs))
    return points_of(data, controls, clusters[0] if clusters else None, by_unit=by_unit)


def order_of(options: OptionsModel, *, kink: bool) -> int:
    """Return the order of a model's polynomial: one above the derivative where it leaves it open.

    Parameters
    ----------
    options
        Of the model judged.
    kink
        Whether a change of slope is asked for.
    """
    order = getattr(options, "order", 1)
    return 1 + kink if order is None else int(order)


def request_of(
    options: OptionsModel,
    inference: Inference,
    bandwidth: Bandwidth | None = None,
    **changed: Any,
) -> Request:
    """Return what a local polynomial is asked, by the options of the model judged.

    Parameters
    ----------
    options
        Of the model: kernel, order and bandwidth are taken over where it has them.
    inference
        Its variance.
    bandwidth
        In place of the model's.
    changed
        Further keys of the request.
    """
    given = bandwidth or getattr(options, "bandwidth", None)
    fixed, bias = getattr(given, "fixed", None), getattr(given, "bias", None)
    rule = getattr(given, "rule", None)
    kernel = getattr(options, "kernel", KERNELS[0])
    keys: dict[str, Any] = {
        "order": order_of(options, kink=changed.get("derivative") == 1),
        "kernel": kernel if kernel in KERNELS else KERNELS[0],
        "rule": rule if rule in RULES else "mse",
        "h": None if fixed is None else (float(fixed), float(fixed)),
        "b": None if bias is None else (float(bias), float(bias)),
        "variance": inference.variance,
    }
    return Request(**{**keys, **changed})


def changes_of(case: Case, fits: tuple[CctFit, ...], inference: Inference) -> tuple[Change, ...]:
    """Return jumps or kinks as the treated side less the untreated side.

    Parameters
    ----------
    case
        For the side that is treated.
    fits
        Above less below.
    inference
        Normal or Student's t.
    """
    sign = sign_of(case.spec.design)
    return tuple(_change(one, sign, inference) for one in fits)


def _change(fit: CctFit, sign: int, inference: Inference) -> Change:
    found = fit.change
    df = None
    if inference.distribution == "t" and fit.clusters is not None:
        df = min(fit.clusters) - 1.0
    usable = np.isfinite(found.robust_std_error) and found.robust_std_error > 0
    bounds = interval(sign * found.corrected, found.robust_std_error, df) if usable else None
    return Change(
        sign * found.estimate,
        found.std_error,
        sign * found.corrected,
        found.robust_std_error,
        None if bounds is None else bounds.p_value,
        fit.h,
        sum(fit.rows),
    )


def blocks_of(fits: tuple[CctFit, ...]) -> float | None:
    """Return the fewest clusters on a side of any fit, ``None`` where rows are independent."""
    found = [min(fit.clusters) for fit in fits if fit.clusters is not None]
    return float(min(found)) if found else None
