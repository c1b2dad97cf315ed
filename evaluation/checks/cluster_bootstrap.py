"""The pairs cluster bootstrap of every coefficient: intervals that lean on no reference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from evaluation.checks._moments import refused_without_moments
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.cluster_bootstrap import cluster_bootstrap
from evaluation.spec.options import Evidence, OptionsModel

TITLE = "Pairs cluster bootstrap"
ASSUMPTION = "the reference distribution fits the number and sizes of clusters"
SOURCE = (
    "Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90(3), section III.A"
)
LEVEL = 0.05


class Options(OptionsModel):
    """Number of draws and seed.

    Attributes
    ----------
    draws
        Draws of clusters.
    seed
        Seed of these draws.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"moments"})

    draws: int = Field(default=999, ge=99)
    seed: int = Field(ge=0)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Draw clusters with replacement, refit, and test every coefficient against zero.

    The test compares t with the draws' (b* - b) / se*; the verdict is ``rejected`` or
    ``not rejected`` at five per cent. Draws in which a coefficient is not identified are left out
    and counted. Refused where ``wild_bootstrap`` is.
    """
    return tuple(
        verdict
        for name, fit in case.result.fits.items()
        for verdict in _verdicts(name, fit, case.result, options)
    )


def _verdicts(outcome: str, fit: Fit, result: ModelResult, options: Any) -> Iterator[Verdict]:
    if fit.moments is None:
        yield refused_without_moments(outcome, result)
        return
    found = cluster_bootstrap(fit.moments, options.draws, np.random.default_rng(options.seed))
    left = len(found.estimates)
    for at, label in enumerate(fit.moments.labels):
        term = next((one for one in fit.terms if one.label == label), None)
        if term is None or term.std_error is None or not left:
            reason = "one treated cluster, or no draw in which the coefficient is identified"
            yield Verdict(outcome, None, None, "refused", reason, term=label)
            continue
        low, high = (float(end) for end in found.studentised[at])
        p_value = float(found.p_values[at])
        yield Verdict(
            outcome,
            float(found.statistics[at]),
            p_value,
            "rejected" if p_value <= LEVEL else "not rejected",
            f"a value of 0: {left} draws of clusters; 95 % interval {low:.4g} to {high:.4g}",
            term=label,
            details=(
                ("draws", options.draws),
                ("draws_without_the_coefficient", found.singular),
                ("std_error", float(found.estimates[:, at].std(ddof=1)) if left > 1 else None),
                ("studentised_low", low),
                ("studentised_high", high),
                ("percentile_low", float(found.percentile[at, 0])),
                ("percentile_high", float(found.percentile[at, 1])),
            ),
        )
