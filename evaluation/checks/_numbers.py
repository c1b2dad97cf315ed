"""The one number of a fit, and the joint covariance of several fits of one panel."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np

from evaluation.checks._pre_period import detail_of
from evaluation.estimators.contract import Fit, FloatArray, Influence

NO_NUMBER = (
    "the model gives no single number for this outcome: ask the check of a model that does, such "
    "as estimand 'att' by 'twfe' or 'group_time_att'"
)


@dataclass(frozen=True)
class Number:
    """The headline of one fit.

    Attributes
    ----------
    estimate, std_error, p_value
        As printed; ``None`` where there is no standard error.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    n_obs, n_clusters
        Rows and clusters used.
    influence
        How every cluster moves the number, where the fit was asked for it.
    place
        Position of the number among the terms of its fit.
    low, high
        Its interval, as printed.
    """

    estimate: float
    std_error: float | None
    p_value: float | None
    df: float | None
    n_obs: int
    n_clusters: int | None
    influence: Influence | None = field(default=None, repr=False, compare=False)
    place: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def ratio(self) -> float | None:
        """Estimate over its standard error, ``None`` without one."""
        return self.estimate / self.std_error if self.std_error else None


def number_of(fit: Fit) -> Number | None:
    """Return the number that stands for a fit, ``None`` where it has none."""
    term = fit.terms[0]
    if term.term or term.cohort or term.period or term.event_time is not None:
        return None
    return number_at(fit, 0)


def number_at(fit: Fit, place: int) -> Number:
    """Return one number of a fit.

    Parameters
    ----------
    fit
        The fit.
    place
        Position among its terms.
    """
    term = fit.terms[place]
    df = detail_of(fit, "degrees_of_freedom")
    return Number(
        term.estimate,
        term.std_error,
        term.p_value,
        float(df) if isinstance(df, int | float) else None,
        fit.n_obs,
        fit.n_clusters,
        fit.influence,
        place,
        term.conf_low,
        term.conf_high,
    )


def joint_covariance(numbers: Sequence[Number]) -> FloatArray | None:
    """Return the covariance of numbers of one panel, from influences summed within clusters.

    Clusters are matched by what they are; one that a fit does not see moves it by nothing. All
    influences are scaled alike, so that the first number has the variance that is printed with it:
    where that is a jackknife's, the others share its correction.

    Parameters
    ----------
    numbers
        Headlines of several fits, m in all.

    Returns
    -------
    FloatArray or None
        Shape ``(m, m)``; ``None`` where a fit has no influence, or clusters cannot be matched.
    """
    first = numbers[0]
    found = [one.influence for one in numbers]
    known = [one for one in found if one is not None]
    if len(known) < len(found) or not first.std_error:
        return None
    if len({one.column for one in known}) > 1:
        return None
    labels: dict[Hashable, int] = {}
    for one in known:
        for label in one.labels:
            labels.setdefault(label, len(labels))
    values = np.zeros((len(labels), len(known)))
    for at, (one, number) in enumerate(zip(known, numbers, strict=True)):
        rows = [labels[label] for label in one.labels]
        values[rows, at] = np.sqrt(one.factor) * one.values[:, number.place]
    plain = float(np.sqrt(values[:, 0] @ values[:, 0]))
    if not plain > 0:
        return None
    values *= first.std_error / plain
    covariance: FloatArray = values.T @ values
    return covariance
