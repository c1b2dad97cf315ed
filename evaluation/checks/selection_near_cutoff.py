"""Whether persons choose when to come: entries at the cutoff, and the stock of recipients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._at_cutoff import (
    Change,
    changes_of,
    cutoff_of,
    drawn,
    points_from,
    request_of,
    require_cutoff,
)
from evaluation.checks._bins import bins_of, discrete_verdict
from evaluation.checks._power import LEVEL, detectable
from evaluation.checks.composition import NOT_FOUND, holm
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.fit import fit_points
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators.rd_robust import Bandwidth
from evaluation.spec.filters import Filter
from evaluation.spec.options import Column, OptionsModel
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec
from evaluation.spec.variance import Inference

TITLE = "Selection near the cutoff"
ASSUMPTION = "nobody chooses the side on which to lie"
SOURCE = (
    "Frandsen (2017), Advances in Econometrics 38; McCrary (2008), Journal of Econometrics "
    "142(2); Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6)"
)
AGE, ENTRY, RECEIVED = "age_months", "sa_entry", "sa_received"
FIRED = "effect or selection"
EITHER = "; it may be an effect on who comes, or selection: these numbers cannot tell which"
EMPTY = (
    "nobody chooses an age, so that the density of population age is an empty test; count "
    "'entries', or rows of a sample with rows = 'entry'"
)
DISCRETE = "entries in discrete time"
# Values of the running variable over which entry may answer to the dose ahead: three years.
DOSE_AHEAD = 36.0


class Options(OptionsModel):
    """What is counted, and how.

    Attributes
    ----------
    counts
        ``entries`` counts persons where receipt begins, and looks at entry rate and stock; ``rows``
        the model's own rows by value; ``population`` is refused, as nobody chooses an age.
    entry
        Column that is 1 where receipt begins, 0 where it does not, missing for those not at risk;
        ``sa_entry`` if not given.
    received
        Column that is 1 while receipt lasts; ``sa_received`` if not given.
    width
        Values of the running variable that make a bin of the discrete test.
    curvature
        How far a smooth count may lie from the mean of its neighbours, relative to it.
    bandwidth
        Bandwidth of jumps and of the stock's kink; if not given by the model's own, kinks by
        ``mse``.
    kink_bandwidth
        Bandwidth of the entry rate's kink; 36, with all that the sample reaches for its bias, if
        not given.
    """

    counts: Literal["entries", "rows", "population"] = "entries"
    entry: Column | None = None
    received: Column | None = None
    width: int = Field(default=1, ge=1)
    curvature: int | float = Field(default=0.02, ge=0, lt=1)
    bandwidth: Bandwidth | None = None
    kink_bandwidth: Bandwidth | None = None

    @model_validator(mode="before")
    @classmethod
    def _columns(cls, given: Any) -> Any:
        """Name the columns that entries are read from, so that the panel is read with them."""
        if isinstance(given, dict) and given.get("counts", "entries") == "entries":
            return {"entry": ENTRY, "received": RECEIVED, **given}
        return given

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for what cannot be tested: population age, and groups."""
        del owner
        lines = require_cutoff(spec, where)
        yield from lines
        if lines:
            return
        on_age = spec.design.running_variable.column == AGE
        own_rows = self.counts == "rows" and on_age and spec.sample.rows != "entry"
        if self.counts == "population" or own_rows:
            yield f"{where}.counts: found {self.counts!r}; {EMPTY}"
        elif self.counts == "entries" and isinstance(spec.sample.rows, GroupedRows):
            yield f"{where}: counts persons, and sample.rows are groups; keep persons"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Test entries at the cutoff with a discrete test, then entry rate and stock for jump and kink.

    Persons at the cutoff come from the whole sample, whatever the rows of the model: entries are
    rows where receipt begins, a person once; the entry rate is over persons at risk of it; the
    stock is the share that receives. Errors are clustered by person where the panel names one.
    P-values are adjusted by Holm over the rows. Verdicts are ``effect or selection`` and ``not
    detected``; a jump of entries may be what the duty does or who comes.

    Raises
    ------
    DataError
        Where the running variable has fractions or does not reach far enough.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    if options.counts == "rows":
        design = cutoff_of(case.spec)
        data = case.draw(drawn(case, (design.running_variable.column,)))
        bins = bins_of(data, design, options.width)
        curvature = float(options.curvature)
        return _adjusted([discrete_verdict(bins, options.width, curvature, "rows in values")])
    both = (options.entry, options.received)
    at_risk = Filter.model_validate({"column": options.entry, "missing": False})
    verdicts = [
        _entries(case, options, both),
        *_changes(case, options, both, "entry rate", _persons(case.spec, at_risk)),
        *_changes(case, options, both[::-1], "recipients", _persons(case.spec)),
    ]
    return _adjusted(verdicts)


def _persons(spec: Spec, *filters: Filter) -> Spec:
    """Return the spec with all persons month by month, under further conditions."""
    keep = (*spec.sample.keep, *filters)
    changed = {"rows": "person_month", "denominator": "population", "keep": keep}
    sample = spec.sample.model_copy(update=changed)
    return spec.model_copy(update={"sample": sample}).bound_to(spec.origin)


def _cluster(case: Case) -> tuple[dict[str, Any], Inference]:
    """Return the keys of a model clustered by person, with its inference."""
    unit, own = case.spec.panel.unit, case.result.setting.inference
    if unit is None:
        return {}, own
    keys = {"cluster": unit, "variance": "cr1"}
    return keys, Inference((unit,), "cr1", distribution=own.distribution)


def _entries(case: Case, options: Any, columns: tuple[str, str]) -> Verdict:
    entry, received = columns
    begun = Filter.model_validate({"column": entry, "equals": 1})
    keys, _ = _cluster(case)
    data = case.draw(drawn(case, (entry,), _persons(case.spec, begun), (received,), **keys))
    bins = bins_of(data, cutoff_of(case.spec), options.width)
    return discrete_verdict(bins, options.width, float(options.curvature), DISCRETE)


def _changes(
    case: Case, options: Any, columns: tuple[str, str], noun: str, spec: Spec
) -> list[Verdict]:
    """Return the jump and the kink of the first of two columns among persons."""
    column, other = columns
    keys, inference = _cluster(case)
    data = case.draw(drawn(case, (column,), spec, (other,), **keys))
    points = points_from(data, (), inference)
    own = case.result.model.options
    jump = request_of(own, inference, options.bandwidth, order=1)
    by_rule = options.bandwidth or Bandwidth(rule="mse")
    kink = request_of(own, inference, by_rule, order=2, derivative=1)
    if column == options.entry:
        wide = options.kink_bandwidth or _dose_ahead(points)
        # A flat kernel: where entry answers to years of dose, the line is as straight far away.
        kink = request_of(own, inference, wide, order=1, derivative=1, kernel="uniform")
    asked = {"jump": jump, "kink": kink}
    found = []
    for name, request in asked.items():
        term = f"{noun}: {name}"
        try:
            with one_blas_thread():
                fit = fit_points(points, request)
        except (DataError, EstimationError) as error:
            reason = "; ".join(error.faults)
            found.append(Verdict("", None, None, "refused", reason, term=term))
            continue
        found.append(_change(term, changes_of(case, (fit,), inference)[0]))
    return found


def _dose_ahead(points: MassPoints) -> Bandwidth:
    """Return the bandwidth in which entry may answer to the dose ahead: years, nearly on a line."""
    reach = float(min(-points.x.min(), points.x.max()))
    return Bandwidth(fixed=min(DOSE_AHEAD, reach), bias=reach)


def _change(term: str, change: Change) -> Verdict:
    if change.p_value is None:
        reason = "it has no finite standard error near the cutoff: set a wider bandwidth"
        return Verdict("", None, None, "refused", reason, term=term, details=change.details)
    return Verdict(
        "",
        change.centre / change.robust_error,
        change.p_value,
        "",
        f"{change.centre:+.4g} (standard error {change.robust_error:.4g}), treated side less "
        f"untreated; {detectable(change.robust_error)}",
        term=term,
        details=change.details,
    )


def _adjusted(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    """Return verdicts by p-values adjusted over all rows."""
    adjusted = holm({one.term: one.p_value for one in verdicts})
    found = []
    for one in verdicts:
        p_value = adjusted[one.term]
        if p_value is None:
            found.append(one)
            continue
        fired = p_value < LEVEL
        details = dict(one.details)
        details.setdefault("p_value_unadjusted", one.p_value)
        found.append(
            Verdict(
                one.outcome,
                one.statistic,
                p_value,
                FIRED if fired else NOT_FOUND,
                f"{one.message}; p-value adjusted by Holm{EITHER if fired else ''}",
                term=one.term,
                details=tuple(details.items()),
            )
        )
    return tuple(found)
