"""Find the estimators: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from evaluation.estimators.contract import Estimator
from evaluation.spec.catalogue import EstimatorOffer

FRAME = frozenset({"cell_needs", "contract", "fitting", "refitting", "registry", "supplying"})

# Named in the grammar, whether built or not.
NAMED = frozenset(
    {
        "interaction_weighted",
        "imputation",
        "extended_twfe",
        "switching",
        "rif_quantile",
        "iv_2sls",
        "discrete_hazard",
        "synthetic_control",
        "synthetic_did",
        "rd_honest",
        "rd_fuzzy",
        "rd_difference",
        "rd_kink",
        "rd_flow",
    }
)


def estimator_names() -> tuple[str, ...]:
    """Return the names of the estimators that run, sorted."""
    folder = importlib.import_module("evaluation.estimators").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


# Named and not yet built: a spec may ask for them, a run says so.
PLANNED = NAMED - frozenset(estimator_names())


@cache
def estimator(name: str) -> Estimator:
    """Return the estimator of that name."""
    module: Estimator = importlib.import_module(f"evaluation.estimators.{name}")  # type: ignore[assignment]
    return module


def estimator_offers() -> dict[str, EstimatorOffer]:
    """Return what the spec loader must know of every estimator."""
    return {
        name: EstimatorOffer(one.Options, one.DESIGNS, one.ESTIMANDS, one.VARIANCES, one.NEEDS)
        for name in estimator_names()
        for one in (estimator(name),)
    }
