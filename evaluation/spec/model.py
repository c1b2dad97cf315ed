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
    "itt",
    "itt_at_cutoff",
    "late_at_cutoff",
    "kink_at_cutoff",
    "change_in_itt_at_cutoff",
    "change_in_kink_at_cutoff",
    "quantile_effect",
    "hazard_effect",
]


class SmallSample(Table):
    """What counts in k, and whether G / (G - 1) multiplies.

    Attributes
    ----------
    fixed_effects
        Which absorbed effects count as parameters: ``full`` all, ``nested`` those that are not
        nested in the cluster, ``none`` none.
    cluster
        ``g`` multiplies clustered variances by G / (G - 1), ``none`` does not; G is the number of
        clusters.
    """

    fixed_effects: FixedEffectCorrection = "nested"
    cluster: ClusterCorrection = "g"


class Model(Table):
    """One estimator asked for one estimand.

    Attributes
    ----------
    id
        Name of the model in results: lower-case letters, digits and ``_``, a letter first.
    estimand
        What number is wanted; which ones an estimator gives, its own page says.
    estimator
        How it is estimated; further keys of the model are those of the estimator.
    outcomes
        Outcomes that are estimated, in this order; all of the spec's if not given.
    keep
        Conditions on the rows of this model, beside those of ``sample``; all must hold.
    controls
        Columns that enter as covariates; text gives an indicator for each level but the first.
    fixed_effects
        Columns of which every value has an effect of its own, absorbed.
    cluster
        Column within whose values errors may depend on each other, or two; without it rows count as
        independent.
    variance
        ``iid``; ``hc0``, ``hc1`` robust; ``nn`` nearest neighbours; ``cr1`` clustered; ``cr3``
        delete-one-cluster jackknife. If not given ``hc1`` (``nn`` for ``rd_robust``), with a
        cluster ``cr1``, ``cr3`` for a municipality or office of registers, synthetic or sql panels,
        never for ``rd_*``.
    small_sample
        Small-sample corrections of the variance.
    distribution
        Reference of intervals and p-values: ``t`` or ``normal``; if not given ``t``, for ``rd_*``
        ``normal``.
    moving_clusters
        ``keep`` allows a cluster that changes over time inside units, with a warning; it is refused
        if not given.
    interact
        Columns by which effects differ linearly; their main effects, and products with group, time
        and fixed effects, come by rule.
    group_trends
        Column of whose values each has a linear trend over time of its own.
    horizons
        Months after the row at which outcomes are read, in place of the outcomes' own.
    quantiles
        Quantiles, above 0 and below 1, on which the effect is wanted.
    """

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
    """One check of one model.

    Attributes
    ----------
    kind
        Which check; further keys are those of the check.
    model
        Id of the model that is judged; every model if not given.
    id
        Name in ``checks.csv``; the kind if not given. Two checks of a kind need ids.
    """

    kind: str
    model: str | None = None
    id: Id | None = None
    options: SerializeAsAny[OptionsModel] = Field(default=OptionsModel(), exclude=True)

    @property
    def name(self) -> str:
        """The id, else the kind: what stands in ``checks.csv``."""
        return self.id or self.kind
