"""Rules on when outcomes are measured, and on the identities between them."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.spec.dates import START_COLUMNS, dated_columns
from evaluation.spec.faults import nearest
from evaluation.spec.filters import Predicate
from evaluation.spec.sample import GroupedRows, Outcome
from evaluation.spec.second_kinks import second_kink_rules
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

MONTHS = {"quarter": 3, "year": 12}


def date_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every date of an outcome or predicate that cannot be meant."""
    for name, outcome in spec.outcomes.items():
        for line in (*_one_date(outcome), *_whole_periods(spec, outcome), *_kinds(outcome)):
            yield f"outcomes.{name}.{line}"
        if outcome.at_age is not None and isinstance(spec.sample.rows, GroupedRows):
            yield (
                f"outcomes.{name}.at_age: the date differs from person to person, and rows are "
                "groups; group by birth cohort in a file of its own"
            )
    for model in spec.models:
        yield from _of_model(spec, model.id, model.horizons, spec.outcomes_of(model))
    yield from _panel(spec)
    yield from _starts(spec)
    yield from _identities(spec)
    yield from _bandwidths(spec)
    yield from second_kink_rules(spec)


def _one_date(outcome: Outcome) -> Iterator[str]:
    given = {"lead_months": outcome.lead_months, "horizons": outcome.horizons}
    dates = [key for key, value in given.items() if value is not None]
    if len(dates) > 1:
        yield "horizons: stands beside lead_months; give one of them"
    if outcome.at_age is not None and (dates or outcome.difference is not None):
        other = dates[0] if dates else "difference"
        yield f"at_age: stands beside {other}; it is a date of its own, remove one of them"
    if outcome.horizons is not None:
        yield from _months(outcome.horizons, "horizons")


def _months(horizons: tuple[int, ...], key: str) -> Iterator[str]:
    if not horizons:
        yield f"{key}: is empty; give months such as [12, 24]"
    if any(one < 0 for one in horizons):
        yield f"{key}: found a month before the row's own; allowed: 0 or more"
    if len(set(horizons)) < len(horizons):
        yield f"{key}: a horizon stands twice; give each once"


def _whole_periods(spec: Spec, outcome: Outcome) -> Iterator[str]:
    length = MONTHS.get(spec.panel.period or "", 1)
    given = {
        "lead_months": (outcome.lead_months or 0,),
        "horizons": outcome.horizons or (),
        "difference": (outcome.difference or 0,),
    }
    for key, months in given.items():
        if any(one % length for one in months):
            yield (
                f"{key}: found {', '.join(map(str, months))}; allowed with panel.period = "
                f"{spec.panel.period!r}: multiples of {length}"
            )
    if length > 1 and outcome.at_age is not None:
        yield "at_age: names a month; set panel.period = 'month'"


def _kinds(outcome: Outcome) -> Iterator[str]:
    if outcome.difference is None:
        return
    if outcome.kind in ("binary", "count"):
        yield f"kind: is {outcome.kind!r}, and a difference may be negative; set 'continuous'"
    if outcome.transform is not None:
        yield "transform: a difference has no logarithm; remove transform or difference"


def _of_model(
    spec: Spec, name: str, horizons: tuple[int, ...], outcomes: tuple[str, ...]
) -> Iterator[str]:
    if not horizons:
        return
    where = f"models.{name}.horizons"
    yield from (f"models.{name}.{line}" for line in _months(horizons, "horizons"))
    length = MONTHS.get(spec.panel.period or "", 1)
    if any(one % length for one in horizons):
        yield (
            f"{where}: found {', '.join(map(str, horizons))}; allowed with panel.period = "
            f"{spec.panel.period!r}: multiples of {length}"
        )
    for key in outcomes:
        outcome = spec.outcomes.get(key)
        if outcome is not None and (outcome.lead_months is not None or outcome.at_age is not None):
            yield f"{where}: outcome {key!r} has a date of its own; remove one of the two"


def _panel(spec: Spec) -> Iterator[str]:
    asked = [where.removesuffix(".column") for where in dated_columns(spec)]
    asked += [f"outcomes.{name}.horizons" for name, one in spec.outcomes.items() if one.horizons]
    asked += [f"models.{model.id}.horizons" for model in spec.models if model.horizons]
    if not asked:
        return
    for key in ("unit", "time"):
        if getattr(spec.panel, key) is None:
            yield f"panel.{key}: is missing; {asked[0]} looks up another month of the unit"
    if time_unit_of(spec) == "integer":
        yield f"{asked[0]}: counts months, but panel.time_unit is 'integer'"


def _starts(spec: Spec) -> Iterator[str]:
    post = getattr(spec.design, "post", None)
    if isinstance(post, Predicate) and post.assigned_at in START_COLUMNS:
        yield "design.post.assigned_at: time is after or before by the row's own period; remove it"
    if not isinstance(spec.sample.rows, GroupedRows):
        return
    for where, one in dated_columns(spec).items():
        if one.start is not None:
            key = where.removesuffix(".column")
            yield f"{key}.assigned_at: spells are of persons, and rows are groups; keep persons"


def _bandwidths(spec: Spec) -> Iterator[str]:
    """Yield a line for every model whose rule would give each outcome of an identity its own."""
    members = {one for identity in spec.identities for one in (identity.total, *identity.parts)}
    for model in spec.models:
        bandwidth = getattr(model.options, "bandwidth", None)
        if members & set(spec.outcomes_of(model)) and getattr(bandwidth, "rule", None):
            yield (
                f"models.{model.id}.bandwidth: the outcomes of an identity take one bandwidth; "
                "give { fixed = ... }"
            )


def _identities(spec: Spec) -> Iterator[str]:
    for at, identity in enumerate(spec.identities, start=1):
        where = f"identities.{at}"
        named = {"total": (identity.total,), "parts": identity.parts}
        unknown = [(key, one) for key, names in named.items() for one in names
                   if one not in spec.outcomes]  # fmt: skip
        for key, one in unknown:
            yield f"{where}.{key}: no outcome {one!r}{nearest(one, spec.outcomes)}"
        if unknown:
            continue
        total = spec.outcomes[identity.total]
        for one in identity.parts:
            part = spec.outcomes[one]
            if (part.lead, part.horizons, part.at_age, part.difference) != (
                total.lead, total.horizons, total.at_age, total.difference,
            ):  # fmt: skip
                yield f"{where}.parts: {one!r} is measured at another date than {identity.total!r}"
            if part.transform is not None or total.transform is not None:
                yield f"{where}: logarithms do not add up; remove transform"
        if len({identity.total, *identity.parts}) <= len(identity.parts):
            yield f"{where}.parts: an outcome stands twice; name each once"
