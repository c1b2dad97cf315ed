"""Imputation: did_imputation, and the R package didimputation."""

from __future__ import annotations

from evaluation.review.foreign.contract import COHORT, PERIOD, Case, Lines

ERRORS = (
    "errors differ: those here are told by the options 'shares' and 'variance' of the model, and "
    "residuals are taken about other averages"
)


def stata(case: Case) -> Lines:
    """Return did_imputation."""
    unit = case.unit
    if unit is None:
        return Lines((), ("did_imputation needs a unit; set panel.unit",))
    clusters = case.names(case.inference.cluster)
    cluster = f" cluster({clusters[0]})" if clusters else ""
    controls = case.names(case.model.controls)
    covs = f" controls({' '.join(controls)})" if controls else ""
    effects = " ".join(case.names(case.model.fixed_effects)) or f"{COHORT} {PERIOD}"
    code = (
        *case.say.anew("ad_start"),
        f"generate ad_start = {COHORT} if {COHORT} > 0",
        f"did_imputation {case.y} {case.say.name(unit)} {PERIOD} ad_start, fe({effects})"
        f"{covs}{cluster} autosample",
    )
    return Lines(code, (ERRORS,))


def r(case: Case) -> Lines:
    """Return did_imputation of the package didimputation."""
    unit = case.unit
    if unit is None:
        return Lines((), ("didimputation needs a unit; set panel.unit",))
    effects = " + ".join(case.names(case.model.fixed_effects)) or f"{COHORT} + {PERIOD}"
    controls = " + ".join(case.names(case.model.controls)) or "0"
    clusters = case.inference.cluster
    cluster = f", cluster_var = {case.say.text(clusters[0])}" if clusters else ""
    line = (
        f"didimputation::did_imputation(data = d, yname = {case.say.text(case.outcome.measured)}, "
        f'gname = "{COHORT}", tname = "{PERIOD}", idname = {case.say.text(unit)}, '
        f"first_stage = ~ {controls} | {effects}{cluster})"
    )
    return Lines((line,), (ERRORS,))
