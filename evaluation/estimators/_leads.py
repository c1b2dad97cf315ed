"""Coefficients before treatment, from untreated rows alone.

Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91(6), section 4.4: indicators of
the event times just before treatment join the model of the outcome without treatment, against all
earlier ones. What is tested is then apart from what is estimated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._places import Place
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators.contract import Setting, event_label
from evaluation.spec.variance import Inference


@dataclass(frozen=True)
class Leads:
    """Coefficients of event times before treatment, m in all.

    Attributes
    ----------
    places
        Where they are printed.
    estimates
        Shape ``(m,)``.
    influence
        What each cluster adds, shape ``(G, m)``.
    left
        Estimates without each cluster, shape ``(G, m)``, under ``cr3``; else of no rows.
    details
        ``(term, name, value)``.
    """

    places: tuple[Place, ...]
    estimates: FloatArray
    influence: FloatArray
    left: FloatArray
    details: tuple[tuple[str, str, DetailValue], ...] = ()

    @staticmethod
    def none(clusters: int) -> Leads:
        """Return no leads, of a number of clusters."""
        empty = np.zeros((clusters, 0))
        return Leads((), np.zeros(0), empty, empty)


def leads_of(
    data: ModelData,
    setting: Setting,
    time: IntArray,
    dated: NDArray[np.bool_],
    wanted: tuple[int, int],
    effects: dict[str, IntArray],
    blocks: tuple[IntArray, int, str],
) -> Leads:
    """Estimate coefficients of event times before treatment.

    Parameters
    ----------
    data
        Untreated rows of one outcome.
    setting
        The model.
    time
        Event time in bins, shape ``(n,)``.
    dated
        Rows that are treated later, shape ``(n,)``.
    wanted
        How many event times just before treatment are taken by anticipation, and how many leads
        come before those.
    effects
        Codes of absorbed effects by name, each of shape ``(n,)``.
    blocks
        Codes of clusters, shape ``(n,)``, their number and their column.

    Raises
    ------
    DataError
        Where no row, or every one, lies in the leads.
    """
    anticipated, leads = wanted
    last, first = -1 - anticipated, -anticipated - leads
    inside = dated & (time >= first) & (time <= last)
    found = np.unique(time[inside])
    if not len(found) or not np.any(dated & (time < first)):
        raise DataError(
            f"outcome {data.outcome}: leads = {leads}: no treated row lies "
            f"{'in' if not len(found) else 'before'} the {leads} event times before treatment: use "
            "fewer leads, or widen the window"
        )
    codes = np.full(data.entries, -1, dtype=np.int64)
    codes[inside] = np.searchsorted(found, time[inside])
    block, total, name = blocks
    own, seen = np.unique(block, return_inverse=True)
    # A unit is a cluster where the model names none; the factor is that of the imputed effects.
    jackknife = setting.inference.variance == "cr3"
    inference = Inference((name,), "cr3" if jackknife else "cr1", "none", "none")
    problem = problem_of(
        data,
        replace(setting, inference=Inference((), "hc1")),
        main={},
        codes=codes,
        intensity=np.ones(data.entries),
        labels=tuple(event_label(int(one)) for one in found),
        effects={key: np.unique(one, return_inverse=True)[1] for key, one in effects.items()},
    )
    problem = replace(problem, clusters=(seen.astype(np.int64),), cluster_names=(name,))
    solved = solve(problem, inference)
    if solved.influence is None:
        raise TypeError("one cluster that entries are made of has influences")
    influence = np.zeros((total, len(found)))
    influence[own] = solved.influence
    left = np.tile(solved.estimates, (total, 1))
    if solved.left is not None:
        left[own] = solved.left
    return Leads(
        tuple(Place("att_by_event_time", event_time=int(one)) for one in found),
        solved.estimates,
        influence,
        left,
        (("", "pre_coefficients", "imputation"), ("", "reference", first - 1)),
    )
