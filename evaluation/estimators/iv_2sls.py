"""Two-stage least squares with one instrument: reduced form over first stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators._guards import require_rows
from evaluation.estimators._instrumented import instrument_words, instrumented, varying
from evaluation.estimators._problem import DetailValue, Problem, Solved, require_positive
from evaluation.estimators._regression import solve
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.intervals import critical_value
from evaluation.inference.weak_instrument import STRONG, anderson_rubin, effective_f
from evaluation.spec.options import OptionsModel
from evaluation.spec.variance import Inference

TITLE = "Two-stage least squares"
SOURCE = (
    "Angrist and Imbens (1995), Journal of the American Statistical Association 90(430); Anderson "
    "and Rubin (1949), Annals of Mathematical Statistics 20(1)"
)
DESIGNS = frozenset({"did"})
ESTIMANDS = frozenset({"late"})
NEEDS: frozenset[Role] = frozenset({"instrument"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """No keys beyond the common ones."""

    INSTRUMENT: ClassVar[bool] = True
    TAKES: ClassVar[frozenset[str]] = frozenset({"group_trends"})


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    product, rest = instrument_words(setting)
    treatment = setting.design.treatment
    received = "treatment" if treatment is None else treatment.column
    return f"y = β·{received}{rest} + error; {received} = π·{product}{rest} + error"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        ("relevance: the instrument moves the treatment", ("first_stage",)),
        ("exclusion: it moves the outcome through the treatment alone", ("other_rules",)),
        ("independence: without it, outcomes would have moved alike", ("pretrends",)),
        ("monotonicity: it moves nobody's treatment the other way", ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    del setting
    return NotFromCells("the treatment received and its instrument are read row by row")


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the effect of the treatment by the reduced form over the first stage.

    Both are regressions on the instrument with the same controls and effects, so that the ratio is
    two-stage least squares; what the instrument is multiplied by enters as a control. Its variance
    is the sandwich of the structural residual, (V_gg - 2 b V_gp + b² V_pp) / p². Details hold the
    effective F and the Anderson–Rubin set, whose coverage does not depend on the first stage.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: treatment or instrument never varies, one cluster.
    EstimationError
        Where the instrument is the treatment itself, up to controls and effects.
    """
    require_rows(data)
    given = data.treatment if data.dose is None else data.dose
    treatment = varying(given, "treatment", "a treatment received", data)
    instrument = varying(data.instrument, "instrument", "an instrument", data)
    problem = instrumented(data, setting, instrument)
    stages = _both(problem, treatment, setting.inference)
    first, reduced = stages.first, stages.reduced
    effect = reduced / first
    # Effect and reduced form, of reduced form and first stage.
    weights = np.array([[1.0 / first, -effect / first], [1.0, 0.0]])
    covariance = weights @ stages.covariance @ weights.T
    require_positive(covariance, np.zeros(2), f"outcome {data.outcome}")
    df = stages.solved.df if setting.inference.distribution == "t" else None
    terms = tuple(
        term_of(
            float(estimate),
            float(np.sqrt(covariance[at, at])),
            df,
            estimand=setting.estimand,
            term=name,
        )
        for at, (estimate, name) in enumerate(((effect, ""), (reduced, "reduced form")))
    )
    variances = float(stages.covariance[0, 0]), float(stages.covariance[1, 1])
    strength = effective_f(first, variances[1])
    accepted = anderson_rubin(
        reduced, first, variances, float(stages.covariance[0, 1]), critical_value(0.975, df)
    )
    details: list[tuple[str, str, DetailValue]] = [
        *((term, name, value) for term, name, value in stages.solved.details if term == ""),
        ("", "first_stage", first),
        ("", "first_stage_std_error", float(np.sqrt(variances[1]))),
        ("", "effective_f", strength),
        ("", "anderson_rubin_shape", accepted.shape),
        ("", "anderson_rubin_low", accepted.low),
        ("", "anderson_rubin_high", accepted.high),
        ("", "anderson_rubin_p_value", terms[1].p_value),
    ]
    warnings = (
        ()
        if strength >= STRONG
        else (
            f"weak instrument: effective F {strength:.3g}, below {STRONG:g}; the interval may not "
            f"cover, see the Anderson–Rubin set: {accepted.words}",
        )
    )
    return Fit(
        terms=terms,
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=stages.solved.n_clusters,
        details=tuple(details),
        covariance=covariance,
        warnings=(*stages.solved.warnings, *warnings),
    )


@dataclass(frozen=True)
class _Stages:
    """Reduced form and first stage with their covariance, shape ``(2, 2)``."""

    reduced: float
    first: float
    covariance: FloatArray
    solved: Solved


def _both(problem: Problem, treatment: FloatArray, inference: Inference) -> _Stages:
    """Return both stages; every variance here is a quadratic form of the outcome.

    So that of outcome plus treatment, less both, is twice their covariance.
    """
    scale = float(np.std(problem.y)), float(np.std(treatment))
    y, d = problem.y / scale[0], treatment / scale[1]
    name = problem.outcome
    reduced = solve(replace(problem, y=y), inference)
    first = solve(replace(problem, y=d, outcome=f"{name}, first stage"), inference)
    summed = solve(replace(problem, y=y + d, outcome=f"{name}, both stages"), inference)
    own, other, both = (float(one.covariance[0, 0]) for one in (reduced, first, summed))
    between = (both - own - other) / 2.0
    size = np.array(scale)
    matrix = np.array([[own, between], [between, other]]) * np.outer(size, size)
    return _Stages(
        float(reduced.estimates[0]) * scale[0],
        float(first.estimates[0]) * scale[1],
        matrix,
        reduced,
    )
