"""The keys that every model and every check has; the rest belongs to its own file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SerializeAsAny

from evaluation.spec.filters import Filter
from evaluation.spec.names import Column, Id
from evaluation.spec.options import OptionsModel, Table
from evaluation.spec.variance import (
    ClusterCorrection,
    Distribution,
    FixedEffectCorrection,
    VarianceKind,
)

Estimand = Literal[
    "att",
    "att_relative",
    "att_gt",
    "att_by_event_time",
    "att_by_cohort",
    "att_by_period",
    "late",
    "itt_at_cutoff",
    "late_at_cutoff",
    "kink_at_cutoff",
    "change_in_itt_at_cutoff",
    "change_in_kink_at_cutoff",
    "quantile_effect",
    "hazard_effect",
]


class SmallSample(Table):
    """What counts in k, and whether G / (G - 1) multiplies."""

    fixed_effects: FixedEffectCorrection = "nested"
    cluster: ClusterCorrection = "g"


class Model(Table):
    """One estimator asked for one estimand."""

    id: Id
    estimand: Estimand
    estimator: str
    outcomes: tuple[str, ...] = ()
    keep: tuple[Filter, ...] = ()
    controls: tuple[Column, ...] = ()
    fixed_effects: tuple[Column, ...] = ()
    cluster: Column | tuple[Column, ...] = ()
    variance: VarianceKind | None = None
    small_sample: SmallSample = SmallSample()
    distribution: Distribution | None = None
    moving_clusters: Literal["keep"] | None = None
    interact: tuple[Column, ...] = ()
    group_trends: Column | None = None
    horizons: tuple[int, ...] = ()
    quantiles: tuple[float, ...] = ()
    options: SerializeAsAny[OptionsModel] = Field(default=OptionsModel(), exclude=True)

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster columns, none to two."""
        return (self.cluster,) if isinstance(self.cluster, str) else self.cluster


class CheckRequest(Table):
    """One check of one model."""

    kind: str
    model: str | None = None
    id: Id | None = None
    options: SerializeAsAny[OptionsModel] = Field(default=OptionsModel(), exclude=True)

    @property
    def name(self) -> str:
        """The id, else the kind: what stands in ``checks.csv``."""
        return self.id or self.kind
