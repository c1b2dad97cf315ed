"""Group-time effects and their averages as terms of a fit, with one joint covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators._adoption import Adoption
from evaluation.estimators._aggregates import Aggregate
from evaluation.estimators._group_time import Contrast, GroupTime
from evaluation.estimators._mean import values_of
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Term, label_of
from evaluation.inference.bands import Bands, uniform_critical_value
from evaluation.inference.wald import wald

ESTIMAND = {
    "simple": "att",
    "event_time": "att_by_event_time",
    "cohort": "att_by_cohort",
    "period": "att_by_period",
}

# A joint test needs more than this many blocks for each restriction.
BLOCKS_PER_RESTRICTION = 5


@dataclass(frozen=True)
class Labels:
    """How cohorts and periods are printed, by their index."""

    cohorts: dict[int, str]
    periods: dict[int, str]

    def cohort(self, index: int) -> str:
        """Return the label of a cohort."""
        return self.cohorts.get(index, str(index))

    def period(self, index: int) -> str:
        """Return the label of a period."""
        return self.periods.get(index, str(index))


@dataclass(frozen=True)
class Joint:
    """All numbers of a fit together: the overall average, effects, then other averages.

    Attributes
    ----------
    rows
        What each number is.
    values
        Shape ``(terms,)``.
    covariance
        Shape ``(terms, terms)``.
    """

    rows: tuple[Aggregate | Contrast, ...]
    values: FloatArray
    covariance: FloatArray

    def without_error(self, cohorts: frozenset[int]) -> Joint:
        """Return the same numbers, with no variance where they are made of some cohorts alone."""
        effects = [row for row in self.rows if isinstance(row, Contrast)]

        def entering(row: Aggregate | Contrast) -> set[int]:
            if isinstance(row, Contrast):
                return {row.cohort}
            return {effects[j].cohort for j in np.flatnonzero(row.linear.by_effect)}

        unknown = [at for at, row in enumerate(self.rows) if entering(row) <= cohorts]
        if not unknown:
            return self
        covariance = self.covariance.copy()
        covariance[unknown, :] = 0.0
        covariance[:, unknown] = 0.0
        return replace(self, covariance=covariance)


def cohorts_in_one_block(ready: Adoption, block: IntArray) -> frozenset[int]:
    """Return the cohorts whose rows all lie in one cluster, which then has no variance of its own.

    Parameters
    ----------
    ready
        The panel.
    block
        Codes of clusters, shape ``(n,)``.
    """
    return frozenset(
        cohort for cohort in ready.cohorts if len(np.unique(block[ready.cohort == cohort])) == 1
    )


def joint(
    effects: GroupTime, averages: tuple[Aggregate, ...], moments: FloatArray, sizes: int
) -> Joint:
    """Return every number with its covariance.

    Parameters
    ----------
    effects
        Group-time effects; m in all.
    averages
        Their averages.
    moments
        Covariance of effects and cohort sizes, shape ``(m + sizes, m + sizes)``.
    sizes
        Number of cohorts.
    """
    gradient = gradient_of(effects, averages, sizes)
    rows, values = _arranged(effects, averages)
    return Joint(rows, values, gradient @ moments @ gradient.T)


def gradient_of(effects: GroupTime, averages: tuple[Aggregate, ...], sizes: int) -> FloatArray:
    """Return how every number moves with effects and cohort sizes, ``(terms, m + sizes)``.

    Parameters
    ----------
    effects
        Group-time effects; m in all.
    averages
        Their averages.
    sizes
        Number of cohorts.
    """
    m = len(effects.contrasts)
    first, later = _parted(averages)

    def lines(chosen: list[Aggregate]) -> FloatArray:
        flat = [np.concatenate([one.linear.by_effect, one.linear.by_size]) for one in chosen]
        return np.array(flat).reshape(len(chosen), m + sizes)

    own = np.hstack([np.eye(m), np.zeros((m, sizes))])
    return np.vstack([lines(first), own, lines(later)])


def joint_jackknife(
    effects: GroupTime, averages: tuple[Aggregate, ...], left: FloatArray, mass: FloatArray
) -> Joint:
    """Return every number with its delete-one-cluster jackknife covariance.

    Averages are taken anew without each cluster, with the cohort sizes that are left; the
    covariance is (G - 1) / G times the sum of squared changes about the full sample.

    Parameters
    ----------
    effects
        Group-time effects; m in all.
    averages
        Their averages.
    left
        Group-time effects without each cluster, shape ``(G, m)``.
    mass
        Cohort sizes without each cluster, shape ``(G, cohorts)``.
    """
    first, later = _parted(averages)
    rows, values = _arranged(effects, averages)
    without = np.column_stack(
        [
            *(values_of(one.mean, left, mass) for one in first),
            left,
            *(values_of(one.mean, left, mass) for one in later),
        ]
    )
    changed = without - values
    return Joint(rows, values, (len(left) - 1) / len(left) * (changed.T @ changed))


def _parted(averages: tuple[Aggregate, ...]) -> tuple[list[Aggregate], list[Aggregate]]:
    """Return the averages printed before the effects, and those after."""
    first = [one for one in averages if one.family == "simple"]
    return first, [one for one in averages if one.family != "simple"]


def _arranged(
    effects: GroupTime, averages: tuple[Aggregate, ...]
) -> tuple[tuple[Aggregate | Contrast, ...], FloatArray]:
    first, later = _parted(averages)
    values = [
        *(one.linear.value for one in first),
        *effects.estimates,
        *(one.linear.value for one in later),
    ]
    return (*first, *effects.contrasts, *later), np.array(values, dtype=np.float64)


def terms_of(found: Joint, labels: Labels, df: float | None) -> tuple[Term, ...]:
    """Return one term for every number; a base period is zero without a standard error.

    Parameters
    ----------
    found
        Numbers and covariance.
    labels
        Of cohorts and periods.
    df
        Degrees of freedom of intervals; ``None`` means normal.
    """
    terms = []
    for row, value, variance in zip(
        found.rows, found.values, np.diag(found.covariance), strict=True
    ):
        std_error = float(np.sqrt(variance)) if variance > 0 else None
        estimand, term, cohort, period, event_time = _place(row, labels)
        terms.append(
            term_of(
                float(value),
                std_error,
                df,
                estimand=estimand,
                term=term,
                cohort=cohort,
                period=period,
                event_time=event_time,
            )
        )
    return tuple(terms)


def _place(row: Aggregate | Contrast, labels: Labels) -> tuple[str, str, str, str, int | None]:
    if isinstance(row, Contrast):
        cohort, period = labels.cohort(row.cohort), labels.period(row.period)
        return "att_gt", "", cohort, period, row.period - row.cohort
    estimand = ESTIMAND[row.family]
    if row.at is None:
        return estimand, "" if row.family == "simple" else "average", "", "", None
    place = {
        "event_time": ("", "", row.at),
        "cohort": (labels.cohort(row.at), "", None),
        "period": ("", labels.period(row.at), None),
    }
    return (estimand, "", *place[row.family])


def pretest_details(
    found: Joint, anticipation: int, blocks: float
) -> list[tuple[str, str, DetailValue]]:
    """Return the joint test that every effect before treatment (and anticipation) is zero.

    Parameters
    ----------
    found
        Numbers and covariance.
    anticipation
        Periods before treatment that it may already reach.
    blocks
        Effective number of units or clusters; a test of more than a fifth as many restrictions is
        not made.
    """
    before = [
        i
        for i, row in enumerate(found.rows)
        if isinstance(row, Contrast) and row.period < row.cohort - anticipation
    ]
    if not before:
        return []
    test = wald(found.values[before], found.covariance[np.ix_(before, before)])
    if test.rank == 0:
        return []
    if test.rank * BLOCKS_PER_RESTRICTION >= blocks:
        reason = f"not made: {test.rank} restrictions against {blocks:.0f} effective blocks"
        return [("", "pretest", reason)]
    return [
        ("", "pretest_statistic", test.statistic),
        ("", "pretest_restrictions", test.rank),
        ("", "pretest_p_value", test.p_value),
    ]


def band_details(
    found: Joint, labels: Labels, bands: Bands | None, df: float | None
) -> list[tuple[str, str, DetailValue]]:
    """Return simultaneous bands over event times, or over all effects where there are none.

    Parameters
    ----------
    found
        Numbers and covariance.
    labels
        Of cohorts and periods.
    bands
        Draws and seed, or ``None`` for no bands.
    df
        Degrees of freedom; ``None`` means normal.
    """
    if bands is None:
        return []
    by_event = [
        i
        for i, row in enumerate(found.rows)
        if isinstance(row, Aggregate) and row.family == "event_time" and row.at is not None
    ]
    chosen = by_event or [i for i, row in enumerate(found.rows) if isinstance(row, Contrast)]
    critical = uniform_critical_value(found.covariance[np.ix_(chosen, chosen)], bands, df)
    details: list[tuple[str, str, DetailValue]] = [("", "uniform_critical_value", critical)]
    for i in chosen:
        half = critical * float(np.sqrt(max(found.covariance[i, i], 0.0)))
        row = found.rows[i]
        estimand, term, cohort, period, event_time = _place(row, labels)
        name = label_of(estimand, term, cohort, period, event_time)
        details.append((name, "uniform_low", float(found.values[i]) - half))
        details.append((name, "uniform_high", float(found.values[i]) + half))
    return details
