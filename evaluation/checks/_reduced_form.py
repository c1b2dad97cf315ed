"""What a placebo of a fuzzy design estimates: the jump of the outcome, not its ratio."""

from __future__ import annotations

from evaluation.checks._numbers import Number
from evaluation.checks._placebos import headlines
from evaluation.checks._refit import refit_all
from evaluation.checks._variants import with_models
from evaluation.checks.contract import Case
from evaluation.estimators.registry import estimator
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

LATE, ITT = "late_at_cutoff", "itt_at_cutoff"
SHARED = ("kernel", "bandwidth", "periods")
# The sharp estimator with the same interval, and the options that it shares.
SHARP = {"robust": ("rd_robust", (*SHARED, "order")), "bias_aware": ("rd_honest", SHARED)}
REDUCED = "reduced form, as placebos have no first stage: "


def reduced_form(model: Model) -> Model:
    """Return the sharp model of a fuzzy one, any other as it is."""
    interval = getattr(model.options, "interval", None)
    if model.estimand != LATE or interval not in SHARP:
        return model
    name, shared = SHARP[interval]
    given = model.options.model_dump(exclude_unset=True)
    options = estimator(name).Options.model_validate(
        {key: value for key, value in given.items() if key in shared}
    )
    return model.model_copy(update={"estimator": name, "estimand": ITT, "options": options})


def placebo_spec(case: Case) -> tuple[Spec, dict[str, Number | None], str]:
    """Return the spec whose placebos are estimated, with its own headlines.

    Returns
    -------
    tuple
        A spec with one model; its headline by outcome; what a message says before it, empty where
        the model is judged as it is.
    """
    model = reduced_form(case.result.model)
    spec = with_models(case.spec, model)
    if model is case.result.model:
        return spec, headlines(case), ""
    found = refit_all(case, {"reduced form": spec})
    return spec, {name: one.number for name, (one,) in found.items()}, REDUCED
