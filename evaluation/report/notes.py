"""What must stand beside the estimates of a spec, from its text alone."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.data.functionals.flows import FLOWS, HAZARDS
from evaluation.report.words import listed, value_words
from evaluation.spec.breaks import BREAKS, bridged, month_words
from evaluation.spec.design import DidDesign, RdDesign
from evaluation.spec.filters import FixedDate
from evaluation.spec.resolve import OFFICE_COLUMNS
from evaluation.spec.spec import Spec

AGE = "age_months"
# Operations of [derive] whose values are estimates.
ESTIMATED = frozenset({"pre_mean", "predicted_risk"})
# What rows chosen by a transition are, and how the duty may change who is among them.
SELECTING_ROWS = {
    "entry": (
        "Rows are first months of receipt: a duty that keeps people from applying changes who "
        "enters, and estimates hold for those who do."
    ),
    "at_risk_entry": (
        "Rows are of those who did not receive in the month before: a duty that moves recipients "
        "off social assistance changes who is at risk of entry."
    ),
    "at_risk_exit": (
        "Rows are of those who received in the month before: a duty that keeps people from "
        "entering, or makes some leave, changes who is at risk of exit; away from the moment it "
        "begins survivors differ."
    ),
}


def notes_of(spec: Spec) -> tuple[str, ...]:
    """Return the notes that a reader needs to take a spec's numbers for what they are."""
    return (
        *_selection(spec),
        *_hazards(spec),
        *_dates(spec),
        *_carry_over(spec),
        *_age_shocks(spec),
        *_partial(spec),
        *_stocks(spec),
        *_estimated(spec),
        *_bridges(spec),
    )


def _selection(spec: Spec) -> Iterator[str]:
    rows = spec.sample.rows
    if spec.sample.denominator != "population" or rows in ("entry", "at_risk_exit"):
        yield (
            "The sample is selected by receipt, which the duty itself may change: estimates hold "
            "for those who receive, not for the population."
        )
    if isinstance(rows, str) and rows in SELECTING_ROWS:
        yield SELECTING_ROWS[rows]


def _hazards(spec: Spec) -> Iterator[str]:
    """Say where a jump of a hazard is an effect and where survivors differ."""
    if not isinstance(spec.design, RdDesign) or spec.sample.rows != "person_month":
        return
    named = [name for name, one in spec.outcomes.items() if one.column in HAZARDS]
    if named:
        yield (
            f"{listed(named)} {'is' if len(named) == 1 else 'are'} of those at risk, who differ "
            "by what happened to them under the duty: a jump at the cutoff is an effect, as who is "
            "at risk is continuous there; away from it survivors differ."
        )


def _dates(spec: Spec) -> Iterator[str]:
    """Say which rows an outcome at another month leaves out."""
    later = any(one.lead or one.at_age is not None for one in spec.outcomes.values())
    if later and not isinstance(spec.design, RdDesign):
        yield (
            "Outcomes at another month are the same unit's in that month: rows without one leave, "
            "and so do rows before the reform whose outcome date lies on or after it, or in an "
            "announced period; both are counted."
        )


def _carry_over(spec: Spec) -> Iterator[str]:
    """Say what ages compared month by month do not identify."""
    design = spec.design
    if not isinstance(design, DidDesign) or design.treated is None:
        return
    current = not isinstance(design.treated.assigned_at, FixedDate)
    if design.treated.column == AGE and current and any(m.estimand == "att" for m in spec.models):
        yield (
            "Age difference-in-differences identifies att only without carry-over into controls "
            "who were treated at 29, and without spillover to those above 30; what it identifies "
            "in general is att_relative, the effect on treated less the effect on control rows."
        )


def _age_shocks(spec: Spec) -> Iterator[str]:
    design = spec.design
    by_age = isinstance(design, DidDesign) and design.treated and design.treated.column == AGE
    if by_age and any(set(model.clusters) & OFFICE_COLUMNS for model in spec.models):
        yield (
            "Treated and control differ by age alone, and municipality clusters do not see "
            "national shocks to one age group: intervals are conditional on there being none."
        )


def _partial(spec: Spec) -> Iterator[str]:
    """Say how rows partly on either side of a cutoff count."""
    design = spec.design
    if isinstance(design, RdDesign) and design.exposure is not None:
        yield (
            f"Rows with {design.running_variable.column} {value_words(design.cutoff)} lie on both "
            f"sides: their mean is taken as that of the mean of {design.exposure}, which is exact "
            "where nobody's share has to do with the outcome. Details hold how many there are, "
            "n_obs_partly_treated, and mean_exposure_at_cutoff; bandwidths are chosen without them."
        )


def _stocks(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, RdDesign) or design.running_variable.column != AGE:
        return
    jumping = {
        name
        for model in spec.models
        if model.estimand == "itt_at_cutoff"
        for name in spec.outcomes_of(model)
        if spec.outcomes[name].column not in FLOWS
    }
    if jumping:
        yield (
            "A stock cannot jump at a birthday, it kinks: a local-linear jump in "
            f"{', '.join(sorted(jumping))} is biased at any bandwidth, toward zero as it shrinks."
        )


def _estimated(spec: Spec) -> Iterator[str]:
    """Say which derived columns are estimates themselves."""
    made = [name for name, one in spec.derive.items() if one.op in ESTIMATED]
    if made:
        yield (
            f"{', '.join(made)}: estimated from the rows at hand; standard errors, and draws of a "
            "bootstrap, take the values as known."
        )


def _bridges(spec: Spec) -> Iterator[str]:
    """Repeat the breaks of registers that the spec acknowledges."""
    for name, columns in bridged(spec).items():
        one = BREAKS[name]
        yield (
            f"{listed(columns)} {'lies' if len(columns) == 1 else 'lie'} across a break of the "
            f"registers, acknowledged as {name}: from {month_words(one)} {one.what}. A difference "
            "between the two sides may be of the registers."
        )
