"""Find the checks: every module in this folder that is not part of the frame."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from evaluation.checks.contract import CheckModule
from evaluation.spec.catalogue import CheckOffer

FRAME = frozenset({"contract", "judging", "known_truth", "registry", "smallest_effect"})

# Named in the grammar, whether built or not.
NAMED = frozenset(
    {
        "agreement",
        "anticipation",
        "attrition",
        "bacon",
        "bandwidth_grid",
        "carry_over",
        "common_shocks",
        "composition",
        "concordance",
        "covariate_balance",
        "date_error",
        "donut",
        "dose",
        "dose_response",
        "effective_clusters",
        "first_stage",
        "heaping",
        "leave_one_out",
        "other_rules",
        "placebo_cutoff",
        "placebo_date",
        "placebo_group",
        "placebo_period",
        "pretrend_power",
        "second_kink",
        "selection_near_cutoff",
        "trend_sensitivity",
    }
)


def check_names() -> tuple[str, ...]:
    """Return the names of the checks that run, sorted."""
    folder = importlib.import_module("evaluation.checks").__path__
    names = (module.name for module in pkgutil.iter_modules(folder))
    return tuple(sorted(n for n in names if n not in FRAME and not n.startswith("_")))


# Named and not yet built: a spec may ask for them, a run says so.
PLANNED = NAMED - frozenset(check_names())


@cache
def check(name: str) -> CheckModule:
    """Return the check of that name."""
    module: CheckModule = importlib.import_module(f"evaluation.checks.{name}")  # type: ignore[assignment]
    return module


def check_offers() -> dict[str, CheckOffer]:
    """Return what the spec loader must know of every check."""
    return {name: CheckOffer(one.Options) for name in check_names() for one in (check(name),)}
