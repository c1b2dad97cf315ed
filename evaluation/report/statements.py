"""What a spec claims in words: estimand, equation, assumptions, and what speaks to each."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.checks.registry import PLANNED
from evaluation.estimators.fitting import setting_of
from evaluation.estimators.registry import estimator
from evaluation.report.model_words import model_words
from evaluation.report.record import Record
from evaluation.report.words import listed
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

ESTIMANDS = {
    "att": "the average effect of the policy on treated rows after the reform",
    "att_relative": (
        "the average effect on treated rows after the reform, less the effect on control rows"
    ),
    "att_gt": (
        "the average effect in each period on each cohort of adopters, adoption against nobody "
        "adopting"
    ),
    "att_by_event_time": "the average effect on treated rows by time since the reform",
    "att_by_cohort": "the average effect on each cohort after its adoption",
    "att_by_period": "the average effect in each period on those who have adopted",
    "late": "the effect of one unit of treatment on those whose treatment the instrument moves",
    "hazard_effect": (
        "the average effect on the probability of the event in a period, on treated rows at risk"
    ),
    "quantile_effect": (
        "the effect on a quantile of the outcome's distribution, not on the persons found there"
    ),
    "itt_at_cutoff": (
        "the effect of being under the rule at the cutoff: treated side minus untreated side; "
        "release is its negative"
    ),
    "change_in_itt_at_cutoff": (
        "how the jump at the cutoff, treated side minus untreated side, differs between the parts "
        "of the rows that the equation names"
    ),
    "change_in_kink_at_cutoff": (
        "how the change of slope at the cutoff, treated side minus untreated side, differs between "
        "the parts of the rows that the equation names"
    ),
    "late_at_cutoff": (
        "the effect of one unit of treatment on those whose treatment the cutoff moves"
    ),
    "kink_at_cutoff": (
        "the slope by the running variable on the treated side of the cutoff minus that on the "
        "untreated side"
    ),
}


PLACEBO = "Inference is by placebo: every donor in turn stands in for the treated unit."
DISTRIBUTIONS = {"t": "t distribution", "normal": "normal distribution"}


@dataclass(frozen=True)
class Statement:
    """One model in words.

    Attributes
    ----------
    estimand
        In words, with population and weights.
    equation
        One line.
    details
        Outcomes, filters and options, one line.
    assumptions
        What identifies it, each with what speaks to it.
    """

    model_id: str
    estimator: str
    estimand: str
    equation: str
    details: str
    assumptions: tuple[tuple[str, str], ...]
    inference: str
    source: str


def statements_of(record: Record) -> tuple[Statement, ...]:
    """Return the statements of a record's models."""
    return model_statements(record.spec)


def model_statements(spec: Spec) -> tuple[Statement, ...]:
    """Return one statement for each model of a spec; needs no data."""
    return tuple(_statement(spec, model) for model in spec.models)


def _statement(spec: Spec, model: Model) -> Statement:
    module = estimator(model.estimator)
    setting = setting_of(spec, model)
    asked = {check.kind for check in spec.checks if check.model in (None, model.id)}
    words = ESTIMANDS.get(model.estimand, model.estimand.replace("_", " "))
    if model.options.compares_third and not model.estimand.startswith("change_in"):
        words += ", inside the third group, less the same outside it"
    return Statement(
        model.id,
        module.TITLE,
        f"{model.estimand}: {words}; {weighting(spec)}.",
        module.equation(setting),
        model_words(spec, model),
        tuple((text, _spoken_to(kinds, asked)) for text, kinds in module.assumptions(setting)),
        _inference(setting.inference.cluster, setting.inference.variance, setting.inference)
        if module.VARIANCES
        else getattr(module, "INFERENCE", PLACEBO),
        module.SOURCE,
    )


def _spoken_to(kinds: tuple[str, ...], asked: set[str]) -> str:
    """Return which checks speak to an assumption, and which of them are run here."""
    run = [kind for kind in kinds if kind in asked and kind not in PLANNED]
    if run:
        return f"checked here by {listed(run)}"
    if not kinds:
        return "no check speaks to it"
    named = [f"{kind} (not available yet)" if kind in PLANNED else kind for kind in kinds]
    return f"not checked here; {listed(named, 'or')} would speak to it"


def weighting(spec: Spec) -> str:
    """Return the population and the weights of a spec's estimates in words."""
    rows = spec.sample.rows
    base = {
        "population": "the population",
        "recipients": "recipients (selected by treatment)",
        "main_income": "persons with social assistance as main income (selected by treatment)",
        "no_other_benefit": "recipients without other benefits (selected by treatment)",
    }[spec.sample.denominator]
    if spec.design.kind == "single_unit":
        return f"over {base} of one treated unit, every period counting once"
    if spec.panel.weight is not None:
        return f"over {base}, weighted by {spec.panel.weight}"
    if isinstance(rows, str):
        words = {
            "at_risk_exit": "persons who received in the month before (selected by treatment)",
            "at_risk_entry": "persons who did not receive in the month before",
            "entry": "entries (selected by treatment)",
        }
        return f"over {words.get(rows, base)}, every row counting once"
    return f"over {base}, groups by {', '.join(rows.by)} weighted by their rows"


def _inference(cluster: tuple[str, ...], variance: str, inference: object) -> str:
    names = {
        "iid": "homoskedastic",
        "hc0": "robust to heteroskedasticity (HC0)",
        "hc1": "robust to heteroskedasticity (HC1)",
        "nn": "nearest-neighbour",
        "cr1": "cluster-robust (CR1)",
        "cr3": "cluster-jackknife (CR3)",
    }
    by = f", clustered by {' and '.join(cluster)}" if cluster else ""
    distribution = getattr(inference, "distribution", "t")
    return f"Standard errors are {names[variance]}{by}; {DISTRIBUTIONS[distribution]}."
