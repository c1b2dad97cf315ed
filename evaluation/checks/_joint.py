"""The joint test of a curve of specifications, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.cells.assignment import Assignment, NotAssigned
from evaluation.checks._specified import Specified
from evaluation.checks.randomisation import distinct_assignments
from evaluation.errors import DataError
from evaluation.inference.joint_permutation import (
    Clusters,
    draw_places,
    permute_jointly,
    shared_clusters,
)
from evaluation.inference.specification_curve import CurveTest, curve_test

STUDENTISED = "studentised"


@dataclass(frozen=True)
class Joint:
    """A joint test with what was permuted.

    Attributes
    ----------
    test
        Statistics and p-values.
    clusters
        What traded places.
    distinct
        In how many ways paths can fall on clusters.
    """

    test: CurveTest
    clusters: Clusters
    distinct: float


def joint_test(found: Sequence[Specified], options: Any) -> Joint | str:
    """Return the joint test of specifications that gave a number, or why there is none.

    Parameters
    ----------
    found
        S of them.
    options
        Of the check: draws, seed, strata, statistic.
    """
    assignments = [one.assignment for one in found if isinstance(one.assignment, Assignment)]
    if len(assignments) < len(found):
        return _why(found)
    if len({one.column for one in assignments}) > 1:
        columns = " and ".join(dict.fromkeys(one.column for one in assignments))
        return f"specifications have clusters of {columns}, and one permutation has one kind"
    strata = options.strata
    if strata is not None and any(strata not in one.strata for one in assignments):
        return f"strata: {strata!r} differs inside clusters; name a column of clusters"
    clusters = shared_clusters(assignments, strata)
    distinct = distinct_assignments(clusters.kind, clusters.stratum)
    if distinct < 1.5:
        return "clusters of one stratum are all treated alike, so that there is nothing to permute"
    studentised = options.statistic == STUDENTISED
    if studentised and any(one.row.std_error is None for one in found):
        return "one treated cluster has no standard error: set statistic = 'coefficient'"
    drawn = draw_places(clusters, options.draws, np.random.default_rng(options.seed))
    try:
        values = permute_jointly(assignments, clusters, drawn, studentised=studentised)
    except DataError as error:
        return "; ".join(error.faults)
    return Joint(curve_test(values.own, values.drawn), clusters, distinct)


def _why(found: Sequence[Specified]) -> str:
    """Return why some specifications cannot be permuted: how many, and the first one's reason."""
    reasons = [
        one.assignment.reason
        if isinstance(one.assignment, NotAssigned)
        else "the model has no coefficient on a treatment by cluster: use estimator 'twfe'"
        for one in found
        if not isinstance(one.assignment, Assignment)
    ]
    return f"{len(reasons)} of {len(found)} cannot be permuted: {reasons[0]}"
