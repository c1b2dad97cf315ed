"""Whether rows heap at single values of the running variable, and what month of birth does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._at_cutoff import KERNELS, cutoff_of, drawn, order_of, require_cutoff
from evaluation.checks._bins import gap_of
from evaluation.checks._birth_month import MONTHS, Ages, Season, season_of
from evaluation.checks._power import LEVEL, detectable
from evaluation.checks._pre_period import detail_of
from evaluation.checks.composition import FOUND, NOT_FOUND
from evaluation.checks.contract import Case, Verdict
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._rd import sign_of
from evaluation.inference.mass_point import MassPoint, detectable_excess, mass_point_test
from evaluation.spec.options import OptionsModel
from evaluation.spec.time_rules import time_unit_of

TITLE = "Heaping and birth-month seasonality"
ASSUMPTION = "the running variable is measured without rounding, and season of birth is even"
SOURCE = (
    "Barreca, Lindo and Waddell (2016), Economic Inquiry 54(1); Frandsen (2017), Advances in "
    "Econometrics 38; Buckles and Hungerman (2013), Review of Economics and Statistics 95(3)"
)
AGE = "age_months"
ROWS, BORN = "rows by value", "month of birth"


class Options(OptionsModel):
    """How smooth counts are taken to be, and how near the cutoff they are looked at.

    Attributes
    ----------
    curvature
        How far a smooth count may lie from the mean of its neighbours, relative to it.
    bandwidth
        Distance from the cutoff within which values are looked at; the model's bandwidth if not
        given.
    """

    curvature: int | float = Field(default=0.02, ge=0, lt=1)
    bandwidth: int | float | None = Field(default=None, gt=0)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for designs without a cutoff."""
        del owner
        yield from require_cutoff(spec, where)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Test the count of rows at every value by its neighbours, and effects of month of birth.

    Counts take every row as an event of its own. Where a person has rows at neighbouring values
    these move together, so that the test finds less than it says. P-values are adjusted by
    Bonferroni over the values; the values next to the cutoff are left to
    ``selection_near_cutoff``. For age in months the change at the cutoff is estimated again with
    effects of the calendar month of birth, and the difference tested, clustered by birth month.
    Verdicts are ``violation found`` and ``not detected``.

    Raises
    ------
    DataError
        Where the running variable has fractions, or no value has neighbours.
    """
    found: list[Verdict] = []
    for name, fit in case.result.fits.items():
        sides = [detail_of(fit, f"bandwidth{side}") for side in ("", "_below", "_above")]
        known = [float(one) for one in sides if isinstance(one, int | float)]
        bandwidth = float(options.bandwidth or max(known, default=0.0))
        if not found:
            found.append(_rows(case, name, bandwidth, float(options.curvature)))
        if cutoff_of(case.spec).running_variable.column == AGE:
            found.append(_born(case, name, bandwidth))
    return tuple(found)


def _rows(case: Case, name: str, bandwidth: float, curvature: float) -> Verdict:
    data = case.data(name)
    x, counts = _counts(data)
    last, first = gap_of(cutoff_of(case.spec))
    tests: dict[float, MassPoint] = {}
    for at in range(1, len(x) - 1):
        beside = x[at] - x[at - 1] == 1 and x[at + 1] - x[at] == 1
        near = bandwidth == 0 or abs(x[at]) <= bandwidth
        if beside and near and not last <= x[at] <= first:
            before, own, after = (int(one) for one in counts[at - 1 : at + 2])
            tests[float(x[at])] = mass_point_test(before, own, after, curvature)
    if not tests:
        raise DataError(
            "no value of the running variable has both neighbours among the rows: widen the sample "
            "or bandwidth"
        )
    worst = min(tests, key=lambda one: (tests[one].p_value or 0.0, one))
    test = tests[worst]
    p_value = min(1.0, len(tests) * (test.p_value or 0.0))
    value = f"{worst + float(cutoff_of(case.spec).cutoff):g}"
    power = detectable_excess(test.total, curvature, LEVEL / len(tests))
    excess = [one.excess for one in tests.values() if one.excess is not None]
    whole = [one for at, one in tests.items() if _is_year(case, at)]
    years = [one.excess for one in whole if one.excess is not None]
    return Verdict(
        "",
        test.excess,
        p_value,
        FOUND if p_value < LEVEL else NOT_FOUND,
        f"largest departure at {value}: {test.excess or 0.0:+.1%} against the mean of its "
        f"neighbours, of {len(tests)} values (Bonferroni); power 80% against {power:.1%}",
        term=ROWS,
        details=(
            ("values", len(tests)),
            ("curvature", curvature),
            ("largest_excess", max(excess, default=None)),
            ("smallest_excess", min(excess, default=None)),
            ("mean_excess_at_whole_years", float(np.mean(years)) if years else None),
        ),
    )


def _is_year(case: Case, x: float) -> bool:
    design = cutoff_of(case.spec)
    return design.running_variable.column == AGE and (x + float(design.cutoff)) % MONTHS == 0


def _counts(data: ModelData) -> tuple[FloatArray, FloatArray]:
    if data.running is None:
        raise DataError("design: gives no running variable")
    x, place = np.unique(data.running, return_inverse=True)
    if not np.array_equal(x, np.round(x)):
        raise DataError(
            "design.running_variable: has fractions, and the test counts rows at whole values: "
            "leave the check out, or coarsen the running variable"
        )
    return x, np.bincount(place, data.rows, len(x)).astype(np.float64)


def _born(case: Case, name: str, bandwidth: float) -> Verdict:
    time, model = case.spec.panel.time, case.result.model
    monthly = time_unit_of(case.spec) == "month" and case.spec.panel.period in (None, "month")
    if time is None or not monthly:
        reason = "month of birth follows from months of the panel: time_unit = 'month'"
        return Verdict(name, None, None, "refused", reason, term=BORN)
    spec = drawn(case, (name,), fixed_effects=(time,), cluster=(), variance="hc1")
    outcomes = {name: case.spec.outcomes[name]}
    data = case.draw(spec.model_copy(update={"outcomes": outcomes}).bound_to(spec.origin))
    ages = _ages(case, data, time)
    kernel = getattr(model.options, "kernel", KERNELS[0])
    kink = model.estimand in {"kink_at_cutoff", "change_in_kink_at_cutoff"}
    order = order_of(model.options, kink=kink)
    width = bandwidth or float(np.abs(ages.x).max())
    with one_blas_thread():
        season = season_of(ages, width, order, kernel if kernel in KERNELS else KERNELS[0], kink)
    if season is None:
        reason = (
            "age and month of birth are the same among these rows, so that neither can be told "
            "from the other: take more calendar months into the window, or a wider bandwidth"
        )
        return Verdict(name, None, None, "refused", reason, term=BORN)
    return _verdict(name, season, sign_of(case.spec.design))


def _ages(case: Case, data: ModelData, time: str) -> Ages:
    design = cutoff_of(case.spec)
    last, first = gap_of(design)
    running = np.zeros(0) if data.running is None else data.running
    whole = (running <= last) | (running >= first)
    stamp = data.columns[time].to_numpy(np.int64)
    month = stamp // 100 * MONTHS + stamp % 100 - 1
    born = month - np.round(running + float(design.cutoff)).astype(np.int64)
    rows = np.ones(len(running)) if data.rows is None else data.rows.astype(np.float64)
    weight = rows if data.weight is None else data.weight
    return Ages(running[whole], born[whole], weight[whole], data.y[whole])


def _verdict(name: str, season: Season, sign: int) -> Verdict:
    month, share = season.largest
    details = (
        ("without_month_of_birth", sign * season.plain),
        ("with_month_of_birth", sign * season.adjusted),
        ("difference", sign * season.difference),
        ("difference_std_error", season.std_error),
        ("birth_months", season.clusters),
        ("share_of_weight_to_move", season.uneven),
        ("largest_calendar_month_of_birth", month),
        ("largest_share_of_rows", share),
    )
    if season.p_value is None:
        reason = "effects of month of birth change nothing: the difference has no variance"
        return Verdict(name, None, None, NOT_FOUND, reason, term=BORN, details=details)
    return Verdict(
        name,
        sign * season.difference / season.std_error,
        season.p_value,
        FOUND if season.p_value < LEVEL else NOT_FOUND,
        f"effects of calendar month of birth move the change at the cutoff from "
        f"{sign * season.plain:.4g} to {sign * season.adjusted:.4g}, by "
        f"{sign * season.difference:+.4g} (standard error {season.std_error:.4g}); the sides "
        f"differ by {season.uneven:.0%} in months of birth; "
        f"{detectable(season.std_error, season.clusters - 1.0)}",
        term=BORN,
        details=details,
    )
