"""The regression on an instrument: reduced form and first stage share its columns."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._columns import effect_codes
from evaluation.estimators._guards import required
from evaluation.estimators._interacted import further_words, interacted
from evaluation.estimators._problem import Problem
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators.contract import Setting


def instrument_words(setting: Setting) -> tuple[str, str]:
    """Return the instrument, and all that stands beside it in the regression, as text."""
    given = getattr(setting.design, "instrument", None)
    name = "instrument" if given is None else given.column
    times = None if given is None else given.times
    product = name if times is None else f"{name} × {times}"
    rest = "" if times is None else f" + {times}"
    rest += "".join(f" + effect[{one}]" for one in setting.fixed_effects)
    rest += "".join(f" + {one}'γ" for one in setting.controls) + further_words(setting)
    return product, rest


def varying(values: FloatArray | None, name: str, what: str, data: ModelData) -> FloatArray:
    """Return a role of the design that is there and varies.

    Parameters
    ----------
    values
        One a row, shape ``(n,)``.
    name, what
        Key of ``design``, and what it is, for messages.
    data
        Rows of one outcome.

    Raises
    ------
    DataError
        Where it is missing or has one value.
    """
    found = required(values, f"{what} (design.{name})", data.outcome)
    if float(np.ptp(found)) == 0.0:
        raise DataError(
            f"outcome {data.outcome}: design.{name} has one value in all {data.n_obs} rows, so "
            "it moves nothing: check it and the filters"
        )
    return found


def instrumented(data: ModelData, setting: Setting, instrument: FloatArray) -> Problem:
    """Return the regression of the outcome on the instrument.

    What the instrument is multiplied by enters as a control.

    Parameters
    ----------
    data, setting
        Rows of one outcome, and the model.
    instrument
        The instrument, multiplied already, shape ``(n,)``.
    """
    times = data.instrument_times
    main = {} if times is None else {"(instrument's multiplier)": times}
    parts = interacted(data, setting, main, effect_codes(data, setting.fixed_effects), instrument)
    return problem_of(
        data,
        setting,
        main=parts.main,
        codes=np.zeros(data.entries, dtype=np.int64),
        intensity=instrument,
        labels=("",),
        effects=parts.effects,
        slopes=parts.slopes,
    )
