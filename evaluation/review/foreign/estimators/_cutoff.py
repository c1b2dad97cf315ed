"""What calls of rdrobust share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluation.review.foreign.contract import POST, RUNNING, Case, Lines
from evaluation.review.foreign.preparing import held

KERNELS = {"triangular": "tri", "epanechnikov": "epa", "uniform": "uni"}
RULES = {
    "mse": "mserd", "mse_two": "msetwo", "mse_sum": "msesum",
    "cer": "cerrd", "cer_two": "certwo", "cer_sum": "cersum",
}  # fmt: skip


def rows_of(case: Case) -> list[str]:
    """Return the conditions on rows that a model at a cutoff has."""
    conditions = [f"({held(case.spec, case.say, one)})" for one in case.model.keep]
    period = {"post": f"{POST} == 1", "pre": f"{POST} == 0"}.get(case.options.periods)
    return [*conditions, period] if period else conditions


def robust_in_stata(case: Case, further: str = "", fuzzy: bool = False) -> Lines:
    """Return a call of rdrobust in Stata."""
    options = case.options
    rows = rows_of(case)
    chosen = f" if {' & '.join(rows)}" if rows else ""
    width = _width(options)
    bandwidth = f"bwselect({width[0]})" if len(width) == 1 else f"h({width[0]}) b({width[1]})"
    clusters = case.names(case.inference.cluster)
    vce = f"vce(cluster {clusters[0]})" if clusters else f"vce({case.inference.variance})"
    received = f" fuzzy({case.say.name(case.design.treatment.column)})" if fuzzy else ""
    points = getattr(options, "masspoints", "adjust")
    controls = case.names(case.model.controls)
    covs = f" covs({' '.join(controls)})" if controls else ""
    line = (
        f"rdrobust {case.y} {RUNNING}{chosen}, c(0) p({options.order}){further} "
        f"kernel({KERNELS[options.kernel]}) {bandwidth} {vce} masspoints({points}){received}{covs}"
    )
    return Lines((line,), tuple(_differs(case, fuzzy)))


def robust_in_r(case: Case, further: str = "", fuzzy: bool = False) -> Lines:
    """Return a call of rdrobust in R."""
    options = case.options
    rows = rows_of(case)
    data = f"subset(d, {' & '.join(rows)})" if rows else "d"
    width = _width(options)
    bandwidth = f'bwselect = "{width[0]}"' if len(width) == 1 else f"h = {width[0]}, b = {width[1]}"
    clusters = case.names(case.inference.cluster)
    vce = f"cluster = {clusters[0]}" if clusters else f'vce = "{case.inference.variance}"'
    received = f", fuzzy = {case.say.name(case.design.treatment.column)}" if fuzzy else ""
    points = getattr(options, "masspoints", "adjust")
    controls = case.names(case.model.controls)
    covs = f", covs = cbind({', '.join(controls)})" if controls else ""
    line = (
        f"with({data}, summary(rdrobust::rdrobust({case.y}, {RUNNING}, c = 0, "
        f'p = {options.order}{further}, kernel = "{KERNELS[options.kernel]}", {bandwidth}, {vce}, '
        f'masspoints = "{points}"{received}{covs})))'
    )
    return Lines((line,), tuple(_differs(case, fuzzy)))


def _width(options: Any) -> tuple[str, ...]:
    """Return the name of the rule, or main and bias bandwidth."""
    if options.bandwidth.fixed is None:
        return (RULES[options.bandwidth.rule],)
    fixed, bias = options.bandwidth.fixed, getattr(options.bandwidth, "bias", None)
    return (str(fixed), str(fixed if bias is None else bias))


def sign_words(case: Case) -> Iterator[str]:
    """Yield what is said where the treated side lies below, a change of sign."""
    if case.design.treated_side == "below":
        yield "the treated side lies below: the jump here is minus the one printed there"


def _differs(case: Case, fuzzy: bool) -> Iterator[str]:
    if not fuzzy:
        yield from sign_words(case)
    if case.design.exposure is not None:
        yield (
            f"rows at the cutoff count on both sides, by {case.design.exposure}: rdrobust takes "
            "each on one"
        )
    if case.inference.cluster and getattr(case.options, "sides", "joint") == "joint":
        yield (
            "clusters with rows on both sides make these depend on each other here (sides = "
            "'joint'); rdrobust adds the variances of the sides"
        )
    if case.spec.panel.weight is not None:
        yield f"weights {case.spec.panel.weight}: give them as weights to rdrobust"
    if getattr(case.options, "interval", "robust") == "bias_aware":
        yield "the interval is bias-aware; rdrobust gives the robust one alone"
