"""Everything that a run would show, one subject a number, with the evidence behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from evaluation.release._bounds import with_bounds
from evaluation.release._details import follows_fit, nature_of
from evaluation.release._evidence import Known, Measured, known_of, worst_of
from evaluation.release._shown import figure_subjects, table_parts
from evaluation.release.rules.contract import Nature, Place, Subject
from evaluation.release.rules.recodes import recoded
from evaluation.report.places import is_reference, place_of
from evaluation.report.record import Record
from evaluation.results import Detail, Estimate, Specification
from evaluation.spec.design import RdDesign

# Verdicts of checks that found nothing in the data to say.
SAID_NOTHING = frozenset(
    {"in the report", "no_bound_given", "refused", "not tested", "insufficient"}
)
LISTED = ("cells:",)
COUNTED = ("n_obs", "n_units")


def subjects_of(record: Record, *, released: bool = False) -> tuple[Subject, ...]:
    """Return every number of a record, and every artefact as a whole.

    Parameters
    ----------
    record
        The run.
    released
        Whether it stands as it would leave, so that rounding is judged as well.
    """
    known = known_of(record.evidence)
    found = (*_numbers(record, known), *figure_subjects(record, known), *_parts(record, known))
    source = record.spec.panel.source

    def bounded(one: Subject) -> Mapping[str, float | int]:
        # Of artefacts as a whole nothing is counted in rows of persons by period.
        return with_bounds(record.spec, dict(one.measured)) if one.is_number else one.measured

    return tuple(
        replace(one, source=source, released=released, measured=bounded(one))
        for one in found
        if released or not _is_count_alone(one)
    )


def _is_count_alone(subject: Subject) -> bool:
    """Whether a subject is a count in a row that is judged by the same evidence: for rounding."""
    return subject.nature == "count" and bool(subject.column) and subject.value is not None


def _numbers(record: Record, known: Known) -> Iterator[Subject]:
    for subject in (
        *_estimates(record, known),
        *_details(record, known),
        *_checks(record, known),
        *_specifications(record, known),
        *_flow(record, known),
        *_worth(record, known),
        *_coverage(record),
    ):
        yield subject
        for column in known.columns(subject.artefact, subject.row):
            behind = known.behind(subject.artefact, subject.row, column)
            yield replace(subject, column=column, measured={**subject.measured, **behind})


def _estimates(record: Record, known: Known) -> Iterator[Subject]:
    for at, row in enumerate(record.estimates, 1):
        if row.estimate is None and row.std_error is None and row.n_obs is None:
            continue
        nature: Nature = "own" if is_reference(row) else "estimate"
        nature = "count" if row.estimate is None else nature
        yield Subject(
            "estimates.csv", at, "", _label(row), nature, _place(record, row),
            _outcome(record, row.outcome), _behind(known, at, row),
            absorbs=_absorbs(record, row.model_id),
        )  # fmt: skip
        for name in COUNTED:
            value = getattr(row, name)
            if value is not None:
                measured = {{"n_obs": "rows", "n_units": "units"}[name]: value}
                yield Subject(
                    "estimates.csv", at, name, f"{name} of {_label(row)}", "count",
                    measured={**_behind(known, at, row), **measured}, value=value,
                )  # fmt: skip


def _behind(known: Known, at: int, row: Estimate) -> Measured:
    """Return the evidence of an estimate; its own counts where none is recorded."""
    own = {"rows": row.n_obs, "units": row.n_units, "clusters": row.n_clusters}
    counted = {name: value for name, value in own.items() if value is not None}
    return {**counted, **known.behind("estimates.csv", at)}


def _label(row: Estimate) -> str:
    quantile = "" if row.quantile is None else f"quantile {row.quantile:g}"
    return " ".join(
        filter(None, (row.model_id, row.outcome, row.subgroup, quantile, place_of(row)))
    )


def _place(record: Record, row: Estimate | Specification) -> Place:
    if isinstance(row, Estimate):
        if row.subgroup:
            return "level"
        if row.cohort and row.period:
            return "group_time"
        if row.event_time is not None:
            return "event_time"
    return "side" if isinstance(record.spec.design, RdDesign) else "coefficient"


def _outcome(record: Record, name: str) -> str:
    outcome = record.spec.outcomes.get(name)
    return "" if outcome is None else outcome.kind


def _absorbs(record: Record, model_id: str) -> bool:
    """Whether a model absorbs effects of groups: units and periods have theirs in any panel."""
    panel = record.spec.panel
    return any(
        set(model.fixed_effects) - {panel.unit, panel.time}
        for model in record.spec.models
        if model.id == model_id
    )


def _details(record: Record, known: Known) -> Iterator[Subject]:
    fits: dict[tuple[str, str], dict[str, Measured]] = {}
    for at, row in enumerate(record.estimates, 1):
        if row.estimate is not None and not row.subgroup and not is_reference(row):
            places = fits.setdefault((row.model_id, row.outcome), {})
            places.setdefault(place_of(row), _behind(known, at, row))
    for at, detail in enumerate(record.details, 1):
        nature = nature_of(detail)
        if nature is None:
            continue
        measured = known.behind("details.csv", at)
        if follows_fit(detail):
            places = fits.get((detail.model_id, detail.outcome), {})
            of_fit = places.get(detail.term) or ({} if detail.term else worst_of(places.values()))
            measured = {**of_fit, **measured}
        if nature == "count" and isinstance(detail.value, int | float):
            measured = {"rows": abs(detail.value), **measured}
        yield Subject(
            "details.csv", at, "", _detail_label(detail), nature, "coefficient",
            _outcome(record, detail.outcome), measured,
            detail.value if isinstance(detail.value, int) else None,
        )  # fmt: skip


def _detail_label(row: Detail) -> str:
    """Return where a detail belongs; its term may be a place or a donor, and is left out."""
    return " ".join(filter(None, (row.model_id, row.outcome, row.check, row.name)))


def _checks(record: Record, known: Known) -> Iterator[Subject]:
    for at, row in enumerate(record.checks, 1):
        label = " ".join(filter(None, (row.check, row.model_id, row.outcome)))
        numbers = (row.statistic, row.p_value) != (None, None)
        nature: Nature = "statistic"
        if not numbers and row.verdict in SAID_NOTHING:
            nature = "own"
        yield Subject(
            "checks.csv", at, "", label, nature, measured=known.behind("checks.csv", at)
        )  # fmt: skip


def _specifications(record: Record, known: Known) -> Iterator[Subject]:
    for at, row in enumerate(record.specifications, 1):
        if row.estimate is None:
            continue
        own = {"rows": row.n_obs, "clusters": row.n_clusters}
        counted = {name: value for name, value in own.items() if value is not None}
        yield Subject(
            "specifications.csv", at, "", f"{row.model_id} {row.outcome} number {row.number}",
            "estimate", _place(record, row), _outcome(record, row.outcome),
            {**counted, **known.behind("specifications.csv", at)},
            absorbs=_absorbs(record, row.model_id),
        )  # fmt: skip


def _flow(record: Record, known: Known) -> Iterator[Subject]:
    """Yield the steps of the sample: each is a count, and a difference from the one before it."""
    before: int | None = None
    for at, step in enumerate(record.flow, 1):
        counted = {"rows": step.rows, "units": step.units}
        measured: Measured = {name: value for name, value in counted.items() if value is not None}
        if before is not None and step.units is not None:
            measured["difference_units"] = abs(before - step.units)
        before = step.units
        measured |= known.behind("flow", at)
        if set(counted.values()) == {None}:
            continue
        label = f"step {at} of the sample"
        yield Subject("flow", at, "", label, "count", measured=measured)
        for name, value in counted.items():
            if value is not None:
                yield Subject("flow", at, name, label, "count", measured=measured, value=value)


def _worth(record: Record, known: Known) -> Iterator[Subject]:
    for at, row in enumerate(record.worth, 1):
        if row.value is not None or row.effect is not None:
            label = f"{row.worth} {row.outcome or 'in all'}"
            yield Subject("worth.csv", at, "", label, measured=known.behind("worth.csv", at))


def _coverage(record: Record) -> Iterator[Subject]:
    for at, row in enumerate(record.coverage, 1):
        measured: Measured = {} if row.rows is None else {"rows": row.rows}
        label = f"join {row.join}, line {at}"
        yield Subject("joins.csv", at, "", label, "count", measured=measured, value=row.rows)


def _parts(record: Record, known: Known) -> Iterator[Subject]:
    """Yield every artefact as a whole, the sample, recoded columns, and cells by their evidence."""
    there = {
        "estimates.csv": record.estimates,
        "details.csv": record.details,
        "checks.csv": record.checks,
        "specifications.csv": record.specifications,
        "worth.csv": record.worth,
        "joins.csv": record.coverage,
    }
    yield from (Subject(name, label=name, nature="part") for name, rows in there.items() if rows)
    shown = (step.rows if step.units is None else step.units for step in record.flow)
    counts = tuple(count for count in shown if count is not None)
    yield Subject("flow", label="flow", nature="part", counts=counts)
    yield from table_parts(record)
    last = record.flow[-1].units if record.flow else None
    measured: Measured = {} if last is None else {"units": last}
    yield Subject("flow", label="the sample", nature="sample", measured=measured)
    for column in recoded(record.spec):
        name = f"derive:{column}"
        yield Subject(
            name, label=f"column {column}", nature="recode", measured=known.behind(name, 0)
        )
    for name in known.places:
        if name.startswith(LISTED):
            yield from _cells(name, known)


def _cells(name: str, known: Known) -> Iterator[Subject]:
    rows = {row: known.behind(name, row) for row in known.rows(name) if row}
    counts = tuple(one.get("units", one.get("rows", 0)) for one in rows.values())
    yield Subject(name, label=name, nature="part", counts=counts)
    for row, measured in rows.items():
        yield Subject(name, row, "", f"{name} cell {row}", "count", measured=measured)
