"""One row a unit of the sample: when it has rows of each kind, and what needs all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.cells.axis import Axis, fits
from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.rows import named, sample_rows
from evaluation.cells.expressions.times import time_of
from evaluation.cells.patterns import Patterns, bit_of, code_of, find_patterns, tells_kinds
from evaluation.cells.plan import Plan, UnitPass
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings

SEEN, PATTERNS, WHEN = "ad_seen_", "ad_patterns", "ad_when_"
IN_SAMPLE, FIRST, START = "ad_in_sample", "ad_first", "ad_start"
LOW, HIGH = "ad_low_", "ad_high_"
# Last time seen untreated, of units that never switch off; start of those that do.
UNTREATED, SWITCHES = "ad_untreated", "ad_switches"
KIND, OF, HELD = "ad_kind", "ad_of", "ad_histories"


def histories_by_unit(
    relation: Relation,
    plan: Plan,
    units: UnitPass,
    when: Axis | None,
    axis: Axis | None,
    settings: Settings,
) -> tuple[Any, Patterns | None]:
    """Return one row a unit of the sample as an Ibis table, and the kinds of row that occur.

    Rows are grouped by unit and kind, so that each sets its bit in one word for its kind. The
    groups are few: an engine that holds tables works them out once, for the kinds and the units.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    units
        What is asked of histories.
    when
        Places of moments, ``None`` where they have none.
    axis
        Places that words are about, moments or others.

    Returns
    -------
    tuple
        Kinds are ``None`` where they are not told apart.
    """
    own = [units.axis, units.dose, units.unit, *units.constant]
    asked = named((*plan.conditions, *plan.flags))
    relation = relation.reading({*plan.watched, *asked, *filter(None, own)})
    table = sample_rows(relation, plan)
    sums, joined = _sums(relation, plan, units, table, when, axis)
    key = {OF: table[units.unit]}
    if axis is None or not tells_kinds(relation, plan):
        return _begun(table.group_by(**key).aggregate(**sums)), None
    code = code_of(relation, plan, table)
    by_kind = table.group_by(**key, **{KIND: code}).aggregate(**sums)
    held = engine_of(relation).hold(relation, by_kind, HELD, settings)
    codes = table.select(code.name(KIND)) if held is None else held.select(KIND)
    patterns = find_patterns(relation, plan, codes, settings)
    by_kind = by_kind if held is None else held
    return _begun(_joined(by_kind, joined, axis, patterns)), patterns


def _sums(
    relation: Relation,
    plan: Plan,
    units: UnitPass,
    table: Any,
    when: Axis | None,
    axis: Axis | None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is summed of rows, and how sums are joined, by name."""
    sums: dict[str, Any] = {IN_SAMPLE: table.count()}
    joined: dict[str, str] = {IN_SAMPLE: "sum"}
    axes = {SEEN: axis} if when is axis else {SEEN: axis, WHEN: when}
    for prefix, one in axes.items():
        words = [] if one is None else [one.word(table, at) for at in range(one.words)]
        for at, word in enumerate(words):
            sums[f"{prefix}{at}"], joined[f"{prefix}{at}"] = word, "bit_or"
    for at, column in enumerate(units.constant):
        sums[f"{LOW}{at}"], joined[f"{LOW}{at}"] = table[column].min(), "min"
        sums[f"{HIGH}{at}"], joined[f"{HIGH}{at}"] = table[column].max(), "max"
    if units.dose is not None:
        dose = table[units.dose]
        time, _ = time_of(relation, plan, table)
        sums[FIRST], joined[FIRST] = time.min(where=dose.notnull()), "min"
        sums[START], joined[START] = time.min(where=dose > 0), "min"
        sums[UNTREATED], joined[UNTREATED] = time.max(where=dose <= 0), "max"
    return sums, joined


def _joined(by_kind: Any, joined: Mapping[str, str], axis: Axis, patterns: Patterns | None) -> Any:
    """Return one row a unit of one row for each of its kinds of row."""
    sums: dict[str, Any] = {}
    if patterns is not None and fits(axis, patterns):
        for kind, code in enumerate(patterns.codes):
            of_kind = by_kind[KIND] == code
            for at in range(axis.words):
                sums[f"{SEEN}{kind}_{at}"] = of_kind.ifelse(by_kind[f"{SEEN}{at}"], 0).bit_or()
        joined = {name: how for name, how in joined.items() if not name.startswith(SEEN)}
    elif patterns is not None and len(patterns.codes) > 1:
        sums[PATTERNS] = bit_of(patterns, by_kind[KIND]).bit_or()
    sums |= {name: getattr(by_kind[name], how)() for name, how in joined.items()}
    return by_kind.group_by(OF).aggregate(**sums)


def _begun(by_unit: Any) -> Any:
    """Return units with when they begin, and whether gaps hide it."""
    if FIRST not in by_unit.columns:
        return by_unit
    later = by_unit[FIRST] < by_unit[START]
    stays = by_unit[UNTREATED] < by_unit[START]
    begun = {
        START: later.ifelse(by_unit[START], None),
        UNTREATED: (later & stays).ifelse(by_unit[UNTREATED], None),
        SWITCHES: (later & ~stays).ifelse(by_unit[START], None),
    }
    return by_unit.mutate(**begun).drop(FIRST)
