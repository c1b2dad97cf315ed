"""Permutation of adoption over clusters: how rare the estimate is among other assignments."""

from __future__ import annotations

from math import exp, lgamma
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from evaluation.cells.assignment import Assignment, NotAssigned
from evaluation.checks.contract import Case, Verdict
from evaluation.data.model_data import IntArray
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.inference.permutation import Permutations, permute
from evaluation.spec.options import Column, Evidence, OptionsModel

TITLE = "Randomisation test"
ASSUMPTION = "adoption might as well have fallen on other clusters"
SOURCE = (
    "Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119(1), section IV.B; "
    "MacKinnon and Webb (2020), Journal of Econometrics 218(2), for the studentised statistic"
)
LEVEL = 0.05


class Options(OptionsModel):
    """Number of permutations, seed, the column of strata, and the statistic that decides.

    Attributes
    ----------
    draws
        Permutations of which cluster adopts when.
    seed
        Seed of the permutations.
    strata
        Column, constant inside clusters, inside whose values treatment is permuted; among all
        clusters if not given.
    statistic
        What is ranked: the ``coefficient``, or its t (``studentised``).
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"assignment"})

    draws: int = Field(default=999, ge=99)
    seed: int = Field(ge=0)
    strata: Column | None = None
    statistic: Literal["coefficient", "studentised"] = "studentised"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Permute which clusters adopt when, inside strata, and rank the estimate.

    Clusters treated from the first period on, and those whose stratum is unknown, stay as they
    are. The test is exact only for the sharp hypothesis that no cluster is affected, and only if
    adoption was assigned at random among the permuted clusters; the message says so. Verdicts are
    ``rejected`` and ``not rejected`` at five per cent.
    """
    return tuple(_verdict(name, fit, options) for name, fit in case.result.fits.items())


def _verdict(outcome: str, fit: Fit, options: Any) -> Verdict:
    assignment = fit.assignment
    if not isinstance(assignment, Assignment):
        reason = "the model has no coefficient on adoption by cluster: use estimator 'twfe'"
        if isinstance(assignment, NotAssigned):
            reason = assignment.reason
        return Verdict(outcome, None, None, "refused", reason)
    strata = _strata(assignment, options.strata)
    if strata is None:
        reason = f"strata: {options.strata!r} differs inside clusters; name a column of clusters"
        return Verdict(outcome, None, None, "refused", reason)
    if options.statistic == "studentised" and fit.terms[0].std_error is None:
        reason = "one treated cluster has no standard error: set statistic = 'coefficient'"
        return Verdict(outcome, None, None, "refused", reason)
    distinct = distinct_assignments(assignment.kind, strata)
    if distinct < 1.5:
        reason = "clusters of one stratum all adopt alike, so that there is nothing to permute"
        return Verdict(outcome, None, None, "refused", reason)
    try:
        found = permute(
            assignment, options.draws, np.random.default_rng(options.seed), strata=strata
        )
    except DataError as error:
        return Verdict(outcome, None, None, "refused", "; ".join(error.faults))
    return _judged(outcome, found, distinct, strata, options)


def _strata(assignment: Assignment, column: str | None) -> IntArray | None:
    """Return the strata of the clusters, ``None`` where the column differs inside one."""
    if column is None:
        return np.zeros(len(assignment.kind), dtype=np.int64)
    return assignment.strata.get(column)


def distinct_assignments(kind: IntArray, strata: IntArray) -> float:
    """Return in how many ways paths can fall on clusters inside strata.

    Parameters
    ----------
    kind, strata
        Path and stratum of every cluster, shape ``(G,)``; a negative stratum holds a cluster.
    """
    total = 0.0
    for one in np.unique(strata[strata >= 0]):
        own = kind[strata == one]
        counts = np.unique(own, return_counts=True)[1]
        total += lgamma(len(own) + 1) - sum(lgamma(int(count) + 1) for count in counts)
    return exp(min(total, 700.0))


def _judged(
    outcome: str, found: Permutations, distinct: float, strata: IntArray, options: Any
) -> Verdict:
    by = {
        "coefficient": (found.estimate, found.p_coefficient),
        "studentised": (found.t, found.p_studentised),
    }
    statistic, p_value = by[options.statistic]
    where = f"inside {options.strata}" if options.strata else "over all clusters"
    permuted = int(np.sum(strata >= 0))
    smallest = max(1.0 / (1 + options.draws), 1.0 / distinct)
    rejected = p_value is not None and p_value <= LEVEL
    return Verdict(
        outcome,
        statistic,
        p_value,
        "rejected" if rejected else "not rejected",
        f"adoption permuted {options.draws} times {where}, {permuted} of {len(strata)}; exact only "
        "for the sharp hypothesis of no effect anywhere, if adoption was drawn so",
        details=(
            ("draws", options.draws),
            ("statistic", options.statistic),
            ("clusters_permuted", permuted),
            ("clusters_held", len(strata) - permuted),
            ("distinct_assignments", distinct),
            ("smallest_p_value", smallest),
            ("permutations_without_variation", int(np.isnan(found.estimates).sum())),
            ("p_value_coefficient", found.p_coefficient),
            ("p_value_studentised", found.p_studentised),
        ),
    )
