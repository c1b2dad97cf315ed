"""Columns that jump at age 30 by what they are, and may be neither outcome nor covariate there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.design import RdDesign
from evaluation.spec.filters import Filter
from evaluation.spec.options import ColumnName
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_tables, marked_values

AGE, AT_30 = "age_months", 360

# The exemption field of the form for social assistance, as its table and as the form name it.
RECORDED_BELOW: Mapping[str, str] = dict.fromkeys(
    (
        "exemption_date",
        "exemption_reasons",
        "vedtakdato",
        "vedtakarb",
        "vedtakakt",
        "vedtakhelse",
        "vedtakgrunn",
    ),
    "exemptions are recorded only for persons under 30",
)
# The dose: what the design is about, never what it explains.
DOSE: Mapping[str, str] = {
    "exposure_share": "it is the share of the month under 30 itself; see design.exposure",
    "duty_months": "it counts the duty itself; see design.treatment and check dose",
}
# What the duty sets in motion.
MOVED: Mapping[str, str] = {
    "condition_imposed": "conditions are what the duty changes",
    "condition_hours": "conditions are what the duty changes",
    "condition_in_year": "conditions are what the duty changes",
    "condition_first": "conditions are what the duty changes",
    "sanctioned_in_year": "sanctions follow conditions, which are what the duty changes",
}
# Checks whose columns are covariates.
COVARIATE_CHECKS = frozenset({"covariate_balance"})


def mechanical_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every outcome and covariate that jumps at age 30 by what it is.

    Derived and joined columns are traced to what they are made of.
    """
    design = spec.design
    if not isinstance(design, RdDesign):
        return
    if design.running_variable.column != AGE or design.cutoff != AT_30:
        return
    recorded, outcomes = RECORDED_BELOW, {**RECORDED_BELOW, **DOSE}
    covariates = {**outcomes, **MOVED}
    for name, outcome in spec.outcomes.items():
        yield from _line(spec, f"outcomes.{name}.column", outcome.column, outcomes)
    for model in spec.models:
        for key in ("controls", "fixed_effects", "interact"):
            for column in getattr(model, key):
                yield from _line(spec, f"models.{model.id}.{key}", column, covariates)
    for check in spec.checks:
        if check.kind in COVARIATE_CHECKS:
            for _, column in marked_values(check.options, ColumnName):
                yield from _line(spec, f"checks.{check.name}.columns", column, covariates)
    for where, one in (*marked_tables(spec.sample, Filter, "sample"), *_kept(spec)):
        yield from _line(spec, where, one.column, recorded)


def _kept(spec: Spec) -> Iterator[tuple[str, Filter]]:
    for model in spec.models:
        yield from ((f"models.{model.id}.keep", one) for one in model.keep)


def _line(spec: Spec, where: str, column: str, refused: Mapping[str, str]) -> Iterator[str]:
    for source in _sources(spec, column):
        if source.lower() in refused:
            made = "" if source == column else f", made of {source!r},"
            yield (
                f"{where}: {column!r}{made} cannot serve at age 30: "
                f"{refused[source.lower()]}; leave it out"
            )
            return


def _sources(spec: Spec, column: str) -> tuple[str, ...]:
    """Return a column with all that it is made of, under the names of files joined."""
    found = [column]
    for name in made_in_order(spec.derive, [column]):
        found += inputs_of(spec.derive[name])
    joined = {new: old for join in spec.joins for new, old in join.columns.items()}
    return tuple(dict.fromkeys(joined.get(name, name) for name in found))
