"""The samples behind the numbers of a run: a digest of what defines each, and its sizes."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.report.places import place_of
from evaluation.report.record import Record
from evaluation.results import Estimate
from evaluation.spec.digest import canonical_json
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

# What of a spec decides which rows there are, whatever the model.
FRAME = ("panel", "joins", "derive", "sample", "design")
# What of a model decides nothing about its rows.
ASIDE = frozenset({"id", "estimand", "outcomes", "variance", "small_sample", "distribution"})
FILE = "estimates.csv"
MONTHS_A_YEAR = 12
LIFETIME = 120 * MONTHS_A_YEAR


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample behind one kind of number.

    Attributes
    ----------
    spec_id, label
        Which, in words; holds no value of a row.
    statistic
        Digest of what is measured: two samples can be subtracted where it is the same.
    frame
        Digest of inputs, window, filters, denominator and design.
    definition
        Digest of the frame, with what the model and the level of a subgroup leave out.
    rows, units
        Sizes; ``None`` where not known.
    treated_units
        Units in the smallest group that identifies the number; ``None`` where not known.
    months
        Most rows that one unit can have: the months of the window, else those of a long life.
    level
        Level of a subgroup; empty for all rows.
    row
        Data row of ``estimates.csv`` that it stands behind first, from 1; 0 in a ledger.
    """

    spec_id: str
    label: str
    statistic: str
    frame: str
    definition: str
    rows: int | None
    units: int | None
    treated_units: int | None = None
    months: int = LIFETIME
    level: str = ""
    row: int = 0

    @property
    def sizes(self) -> tuple[int | None, int | None, int | None]:
        """Rows, units and units of the smallest group."""
        return self.rows, self.units, self.treated_units


def samples_of(record: Record) -> tuple[Sample, ...]:
    """Return every sample behind the numbers of a record, each once, in the order of its rows."""
    frame = _digest(_frame(record))
    support = _support(record)
    found: dict[Sample, Sample] = {}
    for at, row in enumerate(record.estimates, 1):
        if row.estimate is None:
            continue
        sample = _sample(record, row, frame, support.get(at))
        found.setdefault(sample, _standing(sample, at))
    return tuple(found.values())


def as_line(sample: Sample) -> dict[str, Any]:
    """Return a sample as a ledger keeps it."""
    kept = asdict(sample)
    del kept["row"]
    return kept


def _standing(sample: Sample, row: int) -> Sample:
    return Sample(**{**asdict(sample), "row": row})


def _sample(record: Record, row: Estimate, frame: str, support: int | None) -> Sample:
    spec = record.spec
    model = next((one for one in spec.models if one.id == row.model_id), None)
    outcome = spec.outcomes.get(row.outcome)
    measured = {} if outcome is None else outcome.model_dump(mode="json", exclude={"label"})
    quantile = "" if row.quantile is None else f"quantile {row.quantile:g}"
    place = place_of(row)
    statistic = _digest({"outcome": measured, "horizon": row.horizon, "place": place,
                         "quantile": quantile})  # fmt: skip
    own = {} if model is None else _of_model(model, row.subgroup)
    definition = _digest({"frame": frame, "outcome": measured, "horizon": row.horizon,
                          "place": place, "subgroup": row.subgroup, "model": own})  # fmt: skip
    named = (row.model_id, row.outcome, row.subgroup, quantile, place)
    label = " ".join(filter(None, (spec.id, *named)))
    return Sample(
        spec.id, label, statistic, frame, definition, row.n_obs, row.n_units, support,
        _months(spec), row.subgroup,
    )  # fmt: skip


def _of_model(model: Model, subgroup: str) -> Mapping[str, Any]:
    kept = model.model_dump(mode="json", exclude_defaults=True, exclude=set(ASIDE))
    options = model.options.model_dump(mode="json", exclude_defaults=True)
    return {**kept, "options": options, "subgroup": subgroup}


def _frame(record: Record) -> Mapping[str, Any]:
    spec = record.spec
    asked = {
        name: spec.model_dump(mode="json", include={name}, exclude_defaults=True).get(name)
        for name in FRAME
    }
    # Where a file stands says nothing about its rows; its digest does.
    panel = {key: one for key, one in (asked["panel"] or {}).items() if key not in ("path", "url")}
    return {**asked, "panel": panel, "inputs": sorted(record.inputs.values())}


def _support(record: Record) -> Mapping[int, int]:
    """Return the units of the smallest identifying group by row of ``estimates.csv``."""
    return {
        one.row: int(one.value)
        for one in record.evidence
        if (one.artefact, one.column, one.statistic) == (FILE, "", "support_units")
        and one.value is not None
    }


def _months(spec: Spec) -> int:
    window = getattr(spec.panel, "window", None)
    if window is None:
        return LIFETIME
    first: dt.date
    last: dt.date
    first, last = window
    return (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month + 1


def _digest(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
