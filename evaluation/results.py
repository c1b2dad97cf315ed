"""Result rows: what every estimator and check ends in, and their column order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Status = Literal["ok", "warned", "failed", "refused", "insufficient"]
Ruled = Literal["pass", "review", "fail"]
# What is counted behind a number: of all its rows, of the smallest group that identifies it
# (``support``), and of the persons in which two samples differ.
Statistic = Literal[
    "rows",
    "units",
    "clusters",
    "support_units",
    "support_rows",
    "support_clusters",
    "events",
    "non_events",
    "largest_share",
    "two_largest_share",
    "residual_df",
    "smallest_cluster",
    "n_point",
    "difference_units",
    "event_units",
    "non_event_units",
    "units_at_least",
    "support_units_at_least",
    "smallest_cluster_at_least",
    "difference_units_at_least",
    "period_rows",
    "support_period_rows",
]
# What stands behind one number.
Counts = Mapping[Statistic, float | int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of ``estimates.csv``; the field order is the column order."""

    spec_id: str
    model_id: str
    estimator: str
    estimand: str
    outcome: str
    subgroup: str = ""
    horizon: int | None = None
    quantile: float | None = None
    term: str = ""
    cohort: str = ""
    period: str = ""
    event_time: int | None = None
    estimate: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    p_value: float | None = None
    n_obs: int | None = None
    n_units: int | None = None
    n_clusters: int | None = None
    status: Status = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of ``details.csv``: a named number or word behind an estimate or check."""

    spec_id: str
    model_id: str
    check: str
    outcome: str
    term: str
    name: str
    value: float | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """One row of ``checks.csv``: a verdict on one identifying assumption."""

    spec_id: str
    check: str
    model_id: str
    outcome: str
    term: str
    statistic: float | None
    p_value: float | None
    verdict: str
    message: str


@dataclass(frozen=True, slots=True)
class Specification:
    """One row of ``specifications.csv``: one specification of a universe, for one outcome.

    ``choices`` is a JSON object from the path of every axis to its value, dates as text, and
    ``digest`` that of the spec with these overrides set. ``declared`` marks the spec as it is
    written; where no specification of the universe is it, it stands first as ``number`` 0 with no
    choices. ``equivalence`` is the verdict on the smallest effect of interest, ``no_bound_given``
    without one; it is empty where there is no number.
    """

    spec_id: str
    model_id: str
    outcome: str
    number: int
    declared: bool
    choices: str
    digest: str
    estimator: str
    estimand: str
    estimate: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    p_value: float | None = None
    n_obs: int | None = None
    n_clusters: int | None = None
    equivalence: str = ""
    status: Status = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class JoinCoverage:
    """One row of ``joins.csv``: how many keys and rows of a class a joined file answers for."""

    join: int
    file: str
    by: str
    group: str
    keys: int
    keys_matched: int | None
    rows: int | None
    rows_matched: int | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One row of ``diagnose/<world>.csv``: what replications in a world say of one number.

    Every share, bias and ratio has its Monte Carlo error beside it, in the column that ends in
    ``_error``. ``power`` is filled where the truth is another than zero, ``size`` where it is zero.
    ``centre_bias`` is that of the number on which the interval stands. ``bound`` names the smallest
    effect of interest whose verdicts are counted.
    """

    spec_id: str
    world: str
    model_id: str
    estimator: str
    estimand: str
    outcome: str
    horizon: int | None
    term: str
    persons: int
    replications: int
    failed: int
    reason: str
    truth: float | None = None
    truth_error: float | None = None
    mean_estimate: float | None = None
    bias: float | None = None
    bias_error: float | None = None
    centre_bias: float | None = None
    centre_bias_error: float | None = None
    bias_in_std_errors: float | None = None
    bias_in_std_errors_error: float | None = None
    rmse: float | None = None
    rmse_error: float | None = None
    spread: float | None = None
    spread_error: float | None = None
    mean_std_error: float | None = None
    mean_std_error_error: float | None = None
    std_error_ratio: float | None = None
    std_error_ratio_error: float | None = None
    coverage: float | None = None
    coverage_error: float | None = None
    coverage_least: float | None = None
    coverage_most: float | None = None
    power: float | None = None
    power_error: float | None = None
    size: float | None = None
    size_error: float | None = None
    type_s: float | None = None
    type_s_error: float | None = None
    type_m: float | None = None
    type_m_error: float | None = None
    bound: str = ""
    ruled_out: float | None = None
    not_ruled_out: float | None = None
    effect_found: float | None = None
    uninformative: float | None = None
    verdict: str = ""
    design: str = ""


@dataclass(frozen=True, slots=True)
class WorthRow:
    """One row of ``worth.csv``: what the effect on one outcome is worth, or all of them together.

    Per person, in ``unit``, over ``months`` (empty: one value of the outcome). Of the sum
    ``outcome`` is empty, and ``dependence`` says how effects vary together: ``joint influence of
    clusters``, or ``worst correlation assumed``. A number stands beside its 95 % interval alone.
    """

    spec_id: str
    worth: str
    unit: str
    months: int | None
    model_id: str = ""
    outcome: str = ""
    horizon: int | None = None
    effect: float | None = None
    amount: float | None = None
    amount_low: float | None = None
    amount_high: float | None = None
    amount_std_error: float | None = None
    source: str = ""
    value: float | None = None
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    dependence: str = ""
    status: Status = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of ``evidence.csv``: a count behind a number, for whoever decides what may leave.

    ``artefact`` is ``estimates.csv``, ``checks.csv``, ``details.csv``, ``specifications.csv``,
    ``flow``, ``figure:<name>``, ``table:<id>`` or ``cells:<name>``; ``row`` the data row of that
    file from 1, 0 for the whole of it, and ``column`` empty for the whole row. What is not known
    has no row. Of ``statistic``:

    ``rows``, ``units``, ``clusters``
        All that the number is made of.
    ``support_rows``, ``support_units``, ``support_clusters``
        The smallest of the groups that it compares: treated and untreated, before and after; a
        side of the cutoff inside the bandwidth; a cohort in a period.
    ``events``, ``non_events``, ``event_units``, ``non_event_units``
        Rows with 1 and with 0, and units with such a row, in the group with the fewest of them.
    ``largest_share``, ``two_largest_share``
        Of the largest unit, and of the two largest, in the sum of absolute amounts of a group: the
        highest among the groups.
    ``period_rows``, ``support_period_rows``
        Rows of the fullest period, and of that of the smallest group, where nobody names units.
    ``residual_df``
        Rows less parameters.
    ``smallest_cluster``
        Units of the smallest level that has a coefficient of its own.
    ``n_point``
        Rows behind a plotted point.
    ``difference_units``
        Fewest units by which two samples differ that are both printed.
    ``units_at_least``, ``support_units_at_least``, ... of every count of units
        In place of the count where there are surely so many units, and may be more: a unit has one
        row a period, so that the rows of the fullest period are units.
    """

    spec_id: str
    artefact: str
    row: int
    column: str
    statistic: Statistic
    value: float | int | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """One row of ``rulings.csv``: what one rule of a disclosure policy says of one number.

    ``row`` and ``column`` are those of ``Evidence``. ``measured`` is empty where evidence is
    missing, which is never a pass.
    """

    artefact: str
    row: int
    column: str
    rule: str
    measured: float | int | None
    threshold: float | int | None
    verdict: Ruled
    message: str


Row = Estimate | Detail | Check
AnyRow = Row | JoinCoverage | Diagnosis | Specification | WorthRow | Evidence | Ruling


def columns_of(row_type: type[AnyRow]) -> tuple[str, ...]:
    """Return the column names of a row type, in order."""
    return tuple(field.name for field in fields(row_type))


def cells_of(row: AnyRow) -> dict[str, Any]:
    """Return one row as a mapping from column to value."""
    return asdict(row)


def text_of(value: Any) -> str:
    """Return a value as it stands in a CSV: shortest round-trip floats, empty for none."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))
    return str(value)
