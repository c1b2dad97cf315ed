"""Group-time effects: csdid, and the R package did."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.review.foreign.contract import COHORT, PERIOD, Case, Lines
from evaluation.review.foreign.preparing import held

# What did calls dr is dripw of csdid, and its ipw is stabilised.
IN_STATA = {"dr": "dripw", "reg": "reg", "ipw": "stdipw"}
STATA_AVERAGES = {
    "simple": "simple", "event_time": "event", "cohort": "group", "period": "calendar",
}  # fmt: skip
R_AVERAGES = {"simple": "simple", "event_time": "dynamic", "cohort": "group", "period": "calendar"}


def stata(case: Case) -> Lines:
    """Return csdid and its averages."""
    options, controls = case.options, case.names(case.model.controls)
    unit = case.unit
    panel = "" if unit is None else f" ivar({case.say.name(unit)})"
    method = IN_STATA[options.method or "dr"] if controls else "reg"
    control = " notyet" if case.design.control_group == "not_yet_treated" else ""
    base = " long2" if options.base_period == "universal" else ""
    weight = case.spec.panel.weight
    weights = "" if weight is None else f" [weight = {case.say.name(weight)}]"
    clusters = case.names(case.inference.cluster)
    cluster = f" cluster({clusters[0]})" if clusters and case.inference.cluster[0] != unit else ""
    rows = " & ".join(f"({held(case.spec, case.say, one)})" for one in case.model.keep)
    code = [
        f"csdid {' '.join((case.y, *controls))}{f' if {rows}' if rows else ''}{weights},{panel} "
        f"time({PERIOD}) gvar({COHORT}) method({method}){control}{base}{cluster}",
        *(f"estat {STATA_AVERAGES[one]}" for one in options.aggregate),
    ]
    differs = [*_differs(case)]
    if case.design.anticipation:
        differs.append("anticipation is no option of csdid: shift gvar by it")
    return Lines(tuple(code), tuple(differs))


def r(case: Case) -> Lines:
    """Return att_gt and aggte."""
    options, spec = case.options, case.spec
    unit = case.unit
    names = [
        f"yname = {case.say.text(case.outcome.measured)}",
        f'tname = "{PERIOD}"',
        f'gname = "{COHORT}"',
    ]
    if unit is not None:
        names.append(f"idname = {case.say.text(unit)}")
    if case.model.controls:
        names.append(f"xformla = ~ {' + '.join(case.names(case.model.controls))}")
    if spec.panel.weight is not None:
        names.append(f"weightsname = {case.say.text(spec.panel.weight)}")
    if case.inference.cluster and case.inference.cluster[0] != unit:
        names.append(f"clustervars = {case.say.text(case.inference.cluster[0])}")
    control = {"never_treated": "nevertreated", "not_yet_treated": "notyettreated"}
    rows = " & ".join(f"({held(spec, case.say, one)})" for one in case.model.keep)
    data = f"subset(d, {rows})" if rows else "d"
    names += [
        f"data = {data}",
        f'control_group = "{control[case.design.control_group]}"',
        f'est_method = "{options.method or "dr"}"',
        f'base_period = "{options.base_period}"',
        f"anticipation = {case.design.anticipation}",
        f"panel = {'FALSE' if unit is None else 'TRUE'}",
        f"allow_unbalanced_panel = {'TRUE' if case.design.unbalanced == 'keep' else 'FALSE'}",
        "bstrap = FALSE",
        "cband = FALSE",
    ]
    code = [
        f"g <- did::att_gt({', '.join(names[:6])},",
        f"  {', '.join(names[6:])})",
        "summary(g)",
        *(
            f'summary(did::aggte(g, type = "{R_AVERAGES[one]}", bstrap = FALSE, cband = FALSE))'
            for one in options.aggregate
        ),
    ]
    return Lines(tuple(code), tuple(_differs(case)))


def _differs(case: Case) -> Iterator[str]:
    if case.inference.variance == "cr3":
        yield "errors are CR3, the jackknife over clusters; csdid and did know none"
    elif case.inference.cluster and case.inference.cluster[0] != case.unit:
        yield (
            "clusters coarser than units: errors are from influences summed by cluster, times "
            "G / (G - 1); did clusters by bootstrap alone (bstrap = TRUE)"
        )
    if case.inference.distribution == "t" and case.inference.cluster:
        yield "intervals use t, those of csdid and did the normal distribution"
    if case.outcome.transform == "log":
        yield f"make log of {case.outcome.measured} first, and name it as the outcome"
    if case.design.unbalanced == "keep":
        yield (
            "an unbalanced panel: each effect here takes units seen in both of its periods; did "
            "then treats rows as repeated cross-sections"
        )
