"""The model under judgement as one of a column's own change at the cutoff."""

from __future__ import annotations

from evaluation.checks._reduced_form import reduced_form
from evaluation.checks._variants import with_models, with_outcomes
from evaluation.checks.contract import Case
from evaluation.estimators.rd_robust import Bandwidth, Options
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

# Gives several numbers of flows and a stock at once.
SEVERAL = "rd_flow"


def with_columns(case: Case, columns: tuple[str, ...]) -> Spec:
    """Return the spec whose one model has columns of the panel as its outcomes.

    A model of a ratio gives way to its reduced form, one of flows to ``rd_robust`` at its
    bandwidth; a column is no control of itself.

    Parameters
    ----------
    case
        The model under judgement.
    columns
        Columns of the panel.
    """
    own = _of_jumps(reduced_form(case.result.model))
    rest = tuple(one for one in own.controls if one not in columns)
    bare = own.model_copy(update={"outcomes": (), "controls": rest, "horizons": ()})
    return with_outcomes(with_models(case.spec, bare), columns)


def _of_jumps(own: Model) -> Model:
    if own.estimator != SEVERAL:
        return own
    options = own.options
    fixed = getattr(getattr(options, "bandwidth", None), "fixed", None)
    chosen = Options(
        kernel=getattr(options, "kernel", "triangular"),
        order=getattr(options, "order", 1),
        periods=getattr(options, "periods", "all"),
        bandwidth=Bandwidth(rule="mse") if fixed is None else Bandwidth(fixed=fixed),
    )
    return own.model_copy(
        update={"estimator": "rd_robust", "estimand": "itt_at_cutoff", "options": chosen}
    )
