"""Estimate over a grid of bandwidths and orders, and see whether the estimate moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from evaluation.checks._cutoffs import (
    AGE,
    LEAST_POINTS,
    cutoff_design,
    judged_models,
    needs_cutoff,
    takes,
    width_of,
    with_options,
)
from evaluation.checks._grid import (
    SENSITIVE,
    STABLE,
    grid_details,
    interval_in_words,
    moves_of,
    refit_outcome,
)
from evaluation.checks._numbers import NO_NUMBER, number_of
from evaluation.checks._pre_period import detail_of
from evaluation.checks._refit import Refitted, why_none, with_numbers
from evaluation.checks._variants import with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.data.functionals.flows import can_jump
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.model import Model
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

TITLE = "Bandwidths and orders"
ASSUMPTION = "the regression is smooth enough for the bandwidth"
SOURCE = "Cattaneo, Idrobo and Titiunik (2019), A Practical Introduction to RD Designs, section 5"
SHARES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
HIGHEST_ORDER = 3
JUMPS = frozenset({"itt_at_cutoff", "late_at_cutoff"})


class Options(OptionsModel):
    """Bandwidths and orders at which the model is estimated, each with each.

    Attributes
    ----------
    bandwidths
        In units of the running variable; half to twice the model's bandwidth if not given.
    orders
        Orders of the polynomial; the model's and the next if not given.
    """

    bandwidths: tuple[Annotated[int | float, Field(gt=0)], ...] | None = Field(
        default=None, min_length=1
    )
    orders: tuple[Annotated[int, Field(ge=0)], ...] | None = Field(default=None, min_length=1)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every bandwidth or order that no model it is asked of can have."""
        yield from needs_cutoff(spec, where)
        for key in ("bandwidths", "orders"):
            given = getattr(self, key) or ()
            if len(set(given)) < len(given):
                yield f"{where}.{key}: a number stands twice; give each once"
        donut = getattr(spec.design, "donut", None)
        narrow = [one for one in self.bandwidths or () if donut is not None and one <= donut]
        if narrow:
            yield (
                f"{where}.bandwidths: found {narrow[0]:g}; allowed: more than design.donut, {donut}"
            )
        for model in judged_models(spec, owner):
            lead = _lead(spec, model)
            wide = [one for one in self.bandwidths or () if lead is not None and one > lead]
            if wide:
                yield (
                    f"{where}.bandwidths: found {wide[0]:g}; allowed: at most {lead}, as an "
                    f"outcome of model {model.id!r} {lead} months after its row has a second kink "
                    "so many months before the cutoff"
                )
            if self.orders is not None and "order" not in type(model.options).model_fields:
                yield f"{where}.orders: {model.estimator!r} has no order; remove it"
                continue
            for order in self.orders or ():
                if not takes(model, order=order):
                    yield f"{where}.orders: model {model.id!r} does not take order {order}"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model at every bandwidth and order of a grid.

    Each is the model with ``bandwidth = { fixed = ... }``; a bandwidth given for the bias keeps its
    ratio, and a bias-aware model its bound on curvature. The verdict is ``sensitive`` where some
    estimate lies outside the model's interval and the model's outside that of the variant, both
    widened for the number of variants (Bonferroni), else ``stable``. At a birthday a stock kinks:
    its jump shrinks with the bandwidth, which the grid tabulates.

    Raises
    ------
    DataError
        For a design without a cutoff, a model without bandwidth, or one too narrow for a grid.
    """
    cutoff_design(case.spec)
    spec = with_models(case.spec, case.result.model)
    found = []
    for name, fit in case.result.fits.items():
        variants = {
            label: with_options(spec, **changed)
            for label, changed in _grid(case, name, fit, options).items()
        }
        found.append(_verdict(case, name, fit, refit_outcome(case, name, variants)))
    return tuple(found)


def _lead(spec: Spec, model: Model) -> int | None:
    """Return the shortest lead of a model's outcomes in age, ``None`` without one."""
    design = spec.design
    if getattr(getattr(design, "running_variable", None), "column", None) != AGE:
        return None
    outcomes = [spec.outcomes[name] for name in spec.outcomes_of(model) if name in spec.outcomes]
    leads = [
        months
        for outcome in outcomes
        for months in (model.horizons or outcome.horizons or (outcome.lead,))
        if months
    ]
    return min(leads, default=None)


def _grid(case: Case, name: str, fit: Fit, options: Any) -> dict[str, dict[str, object]]:
    """Return the options of every variant by label, narrow bandwidths and low orders first."""
    model = case.result.model
    own = model.options
    if "bandwidth" not in type(own).model_fields:
        raise DataError(f"models.{model.id}: {model.estimator!r} has no bandwidth")
    widths = options.bandwidths or _bandwidths(case, name, fit)
    kept = _curvature(fit, own)
    grid: dict[str, dict[str, object]] = {}
    for order in options.orders or _orders(model):
        for width in sorted(widths):
            label = f"{width:g}" if order is None else f"{width:g}, order {order}"
            grid[label] = {"bandwidth": _width(own, width), **kept}
            grid[label] |= {} if order is None else {"order": order}
    return grid


def _width(own: Any, width: float) -> dict[str, object]:
    """Return a fixed bandwidth; where one of the bias was given, it keeps its ratio."""
    before = own.bandwidth
    if before is None or getattr(before, "bias", None) is None:
        return {"fixed": width}
    return {"fixed": width, "bias": width * float(before.bias) / float(before.fixed)}


def _orders(model: Model) -> tuple[int | None, ...]:
    """Return a model's order and the next one, where the model takes that."""
    order = getattr(model.options, "order", None)
    if order is None:
        return (None,)
    further = order < HIGHEST_ORDER and takes(model, order=order + 1)
    return (order, order + 1) if further else (order,)


def _curvature(fit: Fit, own: Any) -> dict[str, object]:
    """Return the bound on curvature of a fit as options, so that every bandwidth has the same."""
    one = detail_of(fit, "curvature_bound")
    if one is not None:
        bound = getattr(own, "curvature_bound", None)
        return {"curvature_bound": {"value": one}} if hasattr(bound, "value") else {}
    two = {key: detail_of(fit, f"curvature_bound_{key}") for key in ("outcome", "treatment")}
    return {} if None in two.values() else {"curvature_bound": two}


def _bandwidths(case: Case, name: str, fit: Fit) -> tuple[float, ...]:
    """Return half to twice the model's bandwidth, as far as the data reach on both sides."""
    design, running = cutoff_design(case.spec), case.data(name).running
    if running is None:
        raise DataError("bandwidths: the model has no running variable")
    reach = min(float(-running.min()), float(running.max()))
    own = width_of(fit) or reach
    least = float(design.donut or 0)
    lead = _lead(case.spec, case.result.model)
    most = min(reach, reach if lead is None else float(lead))
    if design.running_variable.discrete:
        least += LEAST_POINTS
        widths = {float(round(share * own)) for share in SHARES}
    else:
        widths = {float(f"{share * own:.3g}") for share in SHARES}
    found = tuple(sorted(one for one in widths if least < one <= most))
    if not found:
        raise DataError(
            f"bandwidths: none from half to twice {own:.3g} has rows enough on both sides: give "
            "bandwidths, or widen the sample"
        )
    return found


def _verdict(case: Case, outcome: str, fit: Fit, refitted: tuple[Refitted, ...]) -> Verdict:
    base = number_of(fit)
    if base is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    numbers = tuple(with_numbers(refitted))
    if not numbers:
        return Verdict(
            outcome, None, None, "refused", f"no bandwidth can be estimated: {why_none(refitted)}"
        )
    moves = moves_of(base, refitted)
    low, high = (pick(numbers, key=lambda one: one[1].estimate) for pick in (min, max))
    reading = {
        SENSITIVE: f"at {_several(moves.labels)} estimate and model lie outside each other's "
        "interval, widened for their number",
        STABLE: "each agrees with the model within their intervals, widened for their number",
    }[moves.verdict]
    return Verdict(
        outcome,
        moves.largest,
        None,
        moves.verdict,
        f"estimate {interval_in_words(base)}; over {len(numbers)} bandwidths and orders from "
        f"{low[1].estimate:.4g} (at {low[0]}) to {high[1].estimate:.4g} (at {high[0]}); {reading}"
        f"{_of_stock(case, outcome)}",
        details=(
            ("bandwidths", len(numbers)),
            ("bandwidths_refused", len(refitted) - len(numbers)),
            ("bandwidths_outside_the_interval", moves.outside),
            ("bandwidths_that_differ", len(moves.labels)),
            *grid_details(refitted, "bandwidth"),
        ),
    )


def _several(labels: tuple[str, ...]) -> str:
    shown = "; ".join(labels[:3])
    return shown if len(labels) <= 3 else f"{shown} and {len(labels) - 3} more"


def _of_stock(case: Case, name: str) -> str:
    """Return what to say of the jump of a stock at a birthday, empty for any other."""
    spec, model = case.spec, case.result.model
    outcome = spec.outcomes[name]
    column = outcome.column
    on_age = cutoff_design(spec).running_variable.column == AGE
    # Rows chosen by a transition make every outcome a flow.
    chosen = spec.sample.rows != "person_month"
    if not on_age or chosen or model.estimand not in JUMPS or can_jump(spec, model, outcome):
        return ""
    return (
        f"; {column} is a stock, which kinks at a birthday and cannot jump there: what is "
        "estimated as its jump is bias, and shrinks with the bandwidth"
    )
