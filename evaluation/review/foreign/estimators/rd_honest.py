"""Bias-aware intervals at a cutoff: the R package RDHonest."""

from __future__ import annotations

from evaluation.review.foreign.contract import RUNNING, Case, Lines
from evaluation.review.foreign.estimators._cutoff import rows_of, sign_words

CRITERIA = {"mse": "MSE", "flci": "FLCI"}


def stata(case: Case) -> Lines:
    """Say that none is written."""
    del case
    return Lines((), ("no command of Stata is known to give these intervals; see --as r",))


def r(case: Case) -> Lines:
    """Return RDHonest, which estimates the bound where none is given, as here."""
    options = case.options
    rows = rows_of(case)
    data = f"subset(d, {' & '.join(rows)})" if rows else "d"
    width = (
        f'opt.criterion = "{CRITERIA[options.bandwidth.rule]}"'
        if options.bandwidth.fixed is None
        else f"h = {options.bandwidth.fixed}"
    )
    bound = (
        "" if options.curvature_bound.value is None else f", M = {options.curvature_bound.value}"
    )
    clusters = case.names(case.inference.cluster)
    cluster = f", clusterid = {clusters[0]}" if clusters else ""
    error = "EHW" if clusters or case.inference.variance == "hc1" else "nn"
    differs = [*sign_words(case)]
    if options.smoothness != "bounded_curvature":
        differs.append("RDHonest's class is another; its RDHonestBME is the one for this")
    if case.design.exposure is not None:
        differs.append(f"rows at the cutoff count on both sides, by {case.design.exposure}")
    line = (
        f"RDHonest::RDHonest({case.y} ~ {RUNNING}, data = {data}, cutoff = 0, "
        f'kern = "{options.kernel}", {width}{bound}, se.method = "{error}"{cluster})'
    )
    return Lines((line,), tuple(differs))
