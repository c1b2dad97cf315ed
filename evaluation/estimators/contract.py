"""What an estimator file offers, what it is handed, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.assignment import Assignment, NotAssigned
from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import ModelData
from evaluation.results import Counts
from evaluation.spec.options import Evidence, OptionsModel
from evaluation.spec.variance import Inference

FloatArray = NDArray[np.float64]
Role = Literal[
    "unit", "period", "treated_post", "event_time", "cohort", "running", "third", "instrument"
]


@dataclass(frozen=True, slots=True)
class Term:
    """One number of a fit, before it is given its place in ``estimates.csv``."""

    estimate: float
    std_error: float | None
    conf_low: float | None
    conf_high: float | None
    p_value: float | None
    estimand: str = ""
    term: str = ""
    cohort: str = ""
    period: str = ""
    event_time: int | None = None
    n_obs: int | None = None
    n_units: int | None = None
    n_clusters: int | None = None
    quantile: float | None = None

    @property
    def label(self) -> str:
        """Name inside its fit, empty for the headline: what stands under ``term`` in details."""
        if self.quantile is not None:
            return quantile_label(self.quantile)
        return label_of(self.estimand, self.term, self.cohort, self.period, self.event_time)


def label_of(
    estimand: str, term: str = "", cohort: str = "", period: str = "", event_time: int | None = None
) -> str:
    """Return the name of a number inside its fit, the same in every file."""
    if term:
        return f"{estimand} {term}"
    if cohort or period:
        places = (f"cohort {cohort}" if cohort else "", f"period {period}" if period else "")
        return ", ".join(place for place in places if place)
    return "" if event_time is None else f"event time {event_time}"


def quantile_label(quantile: float) -> str:
    """Return the name of a quantile inside its fit."""
    return f"quantile {quantile:g}"


def event_label(event_time: int) -> str:
    """Return the name of an event time inside its fit."""
    return label_of("att_by_event_time", event_time=event_time)


@dataclass(frozen=True, slots=True)
class Influence:
    """How every cluster moves every number of a fit.

    Attributes
    ----------
    values
        psi, shape ``(G, terms)``: the covariance is ``factor`` × Σ_g psi_g psi_g'.
    labels
        What the clusters are, in the order of ``values``: their values in the panel, so that fits
        on other rows of one panel can be set side by side.
    column
        The cluster column; the panel's unit where none was named.
    factor
        Small-sample factor. With a jackknife it turns the sum of squares into the CR1 form, not
        into ``Fit.covariance``.
    """

    values: FloatArray
    labels: tuple[Any, ...]
    column: str
    factor: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What one model gives for one outcome.

    Attributes
    ----------
    terms
        The numbers, in the order in which they are printed. A model whose answer is one number
        gives that term first, with ``term=""``.
    n_obs, n_units, n_clusters
        Rows, units and clusters used: rows with missing values are out, singletons are kept.
    details
        ``(term, name, value)``: bandwidth, k, G, small-sample factor, effective clusters, ...
    covariance
        Covariance of ``terms``, shape ``(len(terms), len(terms))``, where it is known.
    warnings
        Each makes the rows ``warned`` and stands in their ``reason``.
    moments
        Moments by cluster, where the setting asks for them (``evidence`` holds ``moments``).
    assignment
        Who adopts when by cluster, where asked for (``assignment``), or why there is none.
    influence
        Influence of every cluster on ``terms``, where asked for (``influence``) and known.
    averaged
        Labels of cohort and period of the rows that averages under staggered adoption are over;
        empty where the terms by cohort and period say it.
    support
        What stands behind each of ``terms``, in their order; see ``results.Evidence``.
    baseline
        What stands behind the baseline mean.
    left_out
        Units by which estimates without one cluster differ from that of all.
    """

    terms: tuple[Term, ...]
    n_obs: int
    n_units: int | None = None
    n_clusters: int | None = None
    details: tuple[tuple[str, str, float | int | str | bool | None], ...] = ()
    covariance: FloatArray | None = None
    warnings: tuple[str, ...] = ()
    moments: ClusterMoments | None = field(default=None, repr=False, compare=False)
    assignment: Assignment | NotAssigned | None = field(default=None, repr=False, compare=False)
    influence: Influence | None = field(default=None, repr=False, compare=False)
    averaged: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False, compare=False)
    support: tuple[Counts, ...] = field(default=(), repr=False, compare=False)
    baseline: Counts = field(default_factory=dict, repr=False, compare=False)
    left_out: Counts = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """The part of a spec that one fit needs, resolved: nothing here asks for files or clocks.

    ``evidence`` names what checks want beside the numbers (``moments``, ``assignment``,
    ``influence``), and
    ``strata`` the columns inside whose values an assignment may be permuted. ``unit`` is the
    panel's unit column, ``flows`` the outcomes whose column is one: at a cutoff in age these jump.
    ``stocks`` are those that are known to be none and cannot.
    """

    estimand: str
    inference: Inference
    controls: tuple[str, ...]
    fixed_effects: tuple[str, ...]
    design: Any
    options: Any
    evidence: frozenset[Evidence] = frozenset()
    strata: tuple[str, ...] = ()
    unit: str | None = None
    interact: tuple[str, ...] = ()
    group_trends: str | None = None
    quantiles: tuple[float, ...] = ()
    flows: frozenset[str] = frozenset()
    stocks: frozenset[str] = frozenset()


class Estimator(Protocol):
    """The contract of one file in ``evaluation/estimators``: a module with these names."""

    __name__: str
    TITLE: str
    SOURCE: str
    DESIGNS: frozenset[str]
    ESTIMANDS: frozenset[str]
    NEEDS: frozenset[Role]
    VARIANCES: frozenset[str]
    Options: type[OptionsModel]

    @staticmethod
    def equation(setting: Setting) -> str:
        """Return the estimating equation as one line of text."""
        ...

    @staticmethod
    def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return identifying assumptions, each with the kinds of check that speak to it."""
        ...

    @staticmethod
    def cells(setting: Setting) -> CellNeeds | NotFromCells:
        """Return what makes the fit exact on cells, or why it cannot be."""
        ...

    @staticmethod
    def fit(data: ModelData, setting: Setting) -> Fit:
        """Estimate one model for one outcome.

        Raises
        ------
        DataError
            Where the rows cannot answer: an empty side, one cluster, no variation.
        """
        ...
