"""One permutation of an adoption over clusters, applied to many specifications at once.

Specification s has its own cells, and its own path for every cluster. A draw sends cluster g what
cluster π(g) has, in every specification alike, so that the statistics of one draw are those of one
other assignment: their joint distribution under the sharp hypothesis of no effect on any cluster.
Clusters that some specifications lack trade places only with clusters that the same ones lack, as
a specification holds no cells of the others. Sources: Simonsohn, Simmons and Nelson (2020), Nature
Human Behaviour 4(11), for permuting all specifications together; :mod:`evaluation.inference
.permutation` for the statistics.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cells.assignment import Assignment
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.inference._paths import path_table
from evaluation.inference.permutation import BATCH_DOUBLES, statistics_of

ABSENT = -2
HELD = -1


@dataclass(frozen=True)
class Clusters:
    """The clusters of several assignments, each once: U in all, of S assignments.

    Attributes
    ----------
    places
        Of each cluster in each assignment, shape ``(U, S)``; :data:`ABSENT` where it has no cells.
    stratum
        Inside which clusters trade places, shape ``(U,)``; negative for one that stays.
    kind
        Which clusters follow the same paths in every assignment, shape ``(U,)``.
    """

    places: IntArray
    stratum: IntArray
    kind: IntArray

    @property
    def partial(self) -> int:
        """How many clusters some assignment lacks."""
        return int(np.any(self.places == ABSENT, axis=1).sum())


@dataclass(frozen=True)
class JointPermutations:
    """The statistics of S specifications under the assignment as it is and under R others.

    Attributes
    ----------
    own
        Shape ``(S,)``: the coefficient, or its t with the ``cr1`` error.
    drawn
        Shape ``(R, S)``; ``nan`` where a permutation leaves a specification no variation.
    """

    own: FloatArray
    drawn: FloatArray


def shared_clusters(assignments: Sequence[Assignment], strata: str | None = None) -> Clusters:
    """Return the clusters of several assignments, with the strata that all of them allow.

    Parameters
    ----------
    assignments
        S assignments of clusters of one column.
    strata
        A column inside whose values paths are permuted; clusters without a value stay.
    """
    known: dict[Hashable, int] = {}
    for one in assignments:
        for label in one.labels:
            known.setdefault(label, len(known))
    places = np.full((len(known), len(assignments)), ABSENT, dtype=np.int64)
    codes, kinds = places.copy(), places.copy()
    for at, one in enumerate(assignments):
        rows = np.array([known[label] for label in one.labels], dtype=np.int64)
        places[rows, at] = np.arange(len(rows))
        kinds[rows, at] = one.kind
        codes[rows, at] = 0 if strata is None else one.strata[strata]
    held = np.any(codes == HELD, axis=1)
    stratum = np.where(held, HELD, _same_rows(codes))
    return Clusters(places, stratum.astype(np.int64), _same_rows(kinds))


def _same_rows(codes: IntArray) -> IntArray:
    """Return which rows are alike, shape ``(U,)``."""
    found = np.unique(codes, axis=0, return_inverse=True)[1]
    return found.reshape(-1).astype(np.int64)


def draw_places(clusters: Clusters, draws: int, generator: np.random.Generator) -> IntArray:
    """Return whose path every cluster has in every draw, shape ``(R, U)``.

    Parameters
    ----------
    clusters
        U clusters in their strata.
    draws
        R.
    generator
        Source of the permutations.
    """
    found = np.tile(np.arange(len(clusters.stratum)), (draws, 1))
    for one in np.unique(clusters.stratum[clusters.stratum >= 0]):
        own = np.flatnonzero(clusters.stratum == one)
        found[:, own] = generator.permuted(found[:, own], axis=1)
    return found


def permute_jointly(
    assignments: Sequence[Assignment],
    clusters: Clusters,
    drawn: IntArray,
    *,
    studentised: bool = False,
) -> JointPermutations:
    """Return the statistic of every assignment under the same permutations.

    Parameters
    ----------
    assignments
        S of them.
    clusters
        Theirs.
    drawn
        Whose path every cluster has, shape ``(R, U)``.
    studentised
        Whether the statistic is t rather than the coefficient.

    Raises
    ------
    DataError
        Where paths and clusters of an assignment are too many.
    """
    own = np.zeros(len(assignments))
    found = np.zeros((len(drawn), len(assignments)))
    which = 1 if studentised else 0
    with one_blas_thread():
        for at, one in enumerate(assignments):
            table = path_table(one)
            place = clusters.places[:, at]
            here = np.flatnonzero(place != ABSENT)
            ordered = here[np.argsort(place[here], kind="stable")]
            own[at] = statistics_of(table, one.kind[None, :], studentised)[which][0]
            size = max(BATCH_DOUBLES // (len(one.kind) * table.width), 1)
            for start in range(0, len(drawn), size):
                batch = drawn[start : start + size][:, ordered]
                kinds = one.kind[place[batch]]
                found[start : start + size, at] = statistics_of(table, kinds, studentised)[which]
    return JointPermutations(own, found)
