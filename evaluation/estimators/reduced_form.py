"""The outcome on the instrument itself: what the offer does, whoever takes it up."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import ModelData
from evaluation.estimators._guards import require_rows
from evaluation.estimators._influence import influence_of, wants_moments
from evaluation.estimators._instrumented import instrument_words, instrumented, varying
from evaluation.estimators._problem import require_positive
from evaluation.estimators._regression import solve
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.options import OptionsModel

TITLE = "Reduced form of an instrument (intention to treat)"
SOURCE = (
    "Angrist and Imbens (1995), Journal of the American Statistical Association 90(430); Imbens "
    "and Angrist (1994), Econometrica 62(2)"
)
DESIGNS = frozenset({"did"})
ESTIMANDS = frozenset({"itt"})
NEEDS: frozenset[Role] = frozenset({"instrument"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """No keys beyond the common ones."""

    INSTRUMENT: ClassVar[bool] = True
    TAKES: ClassVar[frozenset[str]] = frozenset({"group_trends"})


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    product, rest = instrument_words(setting)
    return f"y = β·({product}){rest} + error"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (("independence: without it, outcomes would have moved alike", ("pretrends",)),)


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    del setting
    return NotFromCells("the instrument is read row by row")


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the coefficient of the outcome on the instrument.

    The same regression whose coefficient ``iv_2sls`` divides by the first stage, and so the same
    number as its term ``reduced form``. What the instrument is multiplied by enters as a control.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: the instrument never varies, one cluster.
    """
    require_rows(data)
    instrument = varying(data.instrument, "instrument", "an instrument", data)
    problem = instrumented(data, setting, instrument)
    solved = solve(problem, setting.inference, wants_moments(setting))
    covariance = solved.covariance[:1, :1]
    require_positive(covariance, np.zeros(1), f"outcome {data.outcome}")
    df = solved.df if setting.inference.distribution == "t" else None
    term = term_of(
        float(solved.estimates[0]),
        float(covariance[0, 0]) ** 0.5,
        df,
        estimand=setting.estimand,
    )
    return Fit(
        terms=(term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=solved.details,
        covariance=covariance,
        warnings=solved.warnings,
        moments=solved.moments,
        influence=influence_of(solved.moments, data, setting, problem.labels),
    )
