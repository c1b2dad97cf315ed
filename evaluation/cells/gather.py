"""From a spec to its cells: kept ones where they answer, the others built now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.cells.build import build_cells, build_pairs, build_units, second_pass_over
from evaluation.cells.expressions.values import may_lack
from evaluation.cells.gathered import CellTable, Gathered, UnitFacts
from evaluation.cells.origin import Rows
from evaluation.cells.plan import Plan
from evaluation.cells.relation import ColumnFacts
from evaluation.cells.settings import Settings
from evaluation.cells.store.find import Build, Found, find_cells, kept_builds
from evaluation.cells.store.held import Held
from evaluation.cells.store.kept import Facts
from evaluation.cells.store.write import write_cells
from evaluation.data.moments import PairCells
from evaluation.data.panel import FlowStep

Columns = Mapping[str, ColumnFacts]


@dataclass(frozen=True)
class Asked:
    """What is asked of the cells.

    Attributes
    ----------
    plan
        Makes the plan from what is known of the columns.
    columns
        Columns of which something must be known.
    source
        Digest of how rows are read.
    unit
        The column of units.
    """

    plan: Callable[[Columns], Plan]
    columns: tuple[str, ...]
    source: str
    unit: str | None = None


def gather(
    asked: Asked,
    rows: Rows,
    folder: Path | None,
    settings: Settings,
    *,
    rebuild: bool = False,
    held: tuple[Held, ...] = (),
) -> Gathered:
    """Return the cells of a spec, built from its rows where no kept ones answer.

    Cells are kept by the digest of their inputs and of how these are read: those of a changed
    input are never looked at. What is built is kept together with what was found.

    Parameters
    ----------
    asked
        The plan and what it is made from.
    rows
        The rows.
    folder
        Where cells are kept; ``None`` to keep none.
    settings
        Limits of the query engine.
    rebuild
        Whether kept cells are passed over.
    held
        Builds in memory, which are asked first.

    Raises
    ------
    DataError
        What reading the data shows.
    EnvironmentProblem
        Where memory or disk do not suffice, or the folder cannot be written.
    """
    inputs = dict(rows.inputs())
    home = None if folder is None else folder / _name([sorted(inputs.items()), asked.source])
    kept = () if home is None or rebuild else kept_builds(home, inputs, asked.source)
    own = (inputs, asked.source)
    near = (one for one in held if (one.facts.inputs, one.facts.source) == own)
    builds: tuple[Build, ...] = (*near, *kept)
    columns = _columns(asked, builds)
    if columns is None:
        # Bounds of a unit are identifiers, and no plan wants them.
        columns = dict(rows.relation().columns)
        if asked.unit in columns:
            columns[asked.unit] = replace(columns[asked.unit], low=None, high=None)
    plan = asked.plan(columns)
    whole = {name for name, facts in columns.items() if not may_lack(facts)}
    found = find_cells(plan, builds, whole)
    if found.whole(plan):
        return replace(_gathered(plan, found, rows, settings, inputs), columns=columns)
    built = _build(plan, found, rows, settings)
    gathered = replace(
        _gathered(plan, built, rows, settings, inputs), origin="built", columns=columns
    )
    if home is not None:
        write_cells(gathered, facts_of(gathered, asked.source), home / _name([repr(plan)]))
    return gathered


def facts_of(gathered: Gathered, source: str) -> Facts:
    """Return what ``cells.json`` says beside the plan.

    Parameters
    ----------
    gathered
        The cells.
    source
        Digest of how rows were read.
    """
    units = gathered.units
    notes = {name: table.notes for name, table in gathered.tables.items() if table.notes}
    facts = Facts(
        dict(gathered.inputs), source, gathered.flow, dict(gathered.columns),
        first_post=gathered.first_post, notes=notes,
    )  # fmt: skip
    if units is None:
        return facts
    return replace(
        facts,
        duplicates=units.duplicates,
        varying=dict(units.varying),
        origin=units.origin,
        patterns=units.patterns,
        starts=units.starts,
        axis=units.axis,
    )


def held_of(gathered: Gathered, source: str) -> Held:
    """Return cells as a build in memory.

    Parameters
    ----------
    gathered
        The cells.
    source
        Digest of how rows were read.
    """
    tables = {name: table.frame for name, table in gathered.tables.items()}
    facts = facts_of(gathered, source)
    return Held(gathered.plan, facts, tables, gathered.units, gathered.pairs)


def _columns(asked: Asked, builds: tuple[Build, ...]) -> dict[str, ColumnFacts] | None:
    """Return facts that an earlier build noted, ``None`` where none knows every column."""
    for kept in builds:
        if set(asked.columns) <= set(kept.facts.columns):
            return {name: kept.facts.columns[name] for name in asked.columns}
    return None


def _build(plan: Plan, found: Found, rows: Rows, settings: Settings) -> Found:
    """Return what was found, completed from the rows."""
    relation = rows.relation()
    passes = tuple(one for one in plan.passes if one.name not in found.tables)
    pairs = tuple(one for one in plan.pairs if one.name not in found.pairs)
    units, flow, first_post = found.units, found.flow, found.first_post
    if found.lacks_histories(plan) or not found.counted:
        units, flow, first_post = build_units(relation, plan, settings)
    return Found(
        {**found.tables, **build_cells(relation, plan, passes, settings, units)},
        {**found.pairs, **build_pairs(relation, plan, pairs, settings)},
        units,
        flow,
        first_post,
    )


def _gathered(
    plan: Plan, found: Found, rows: Rows, settings: Settings, inputs: Mapping[str, str]
) -> Gathered:
    tables: dict[str, CellTable] = {one.name: found.tables[one.name] for one in plan.passes}
    pairs: dict[str, PairCells] = {one.name: found.pairs[one.name] for one in plan.pairs}
    units: UnitFacts | None = found.units
    flow: tuple[FlowStep, ...] = found.flow
    return Gathered(
        plan,
        tables,
        pairs,
        units,
        inputs,
        "reused",
        second_pass=second_pass_over(rows.relation, plan, settings),
        notes=tuple(dict.fromkeys(note for table in tables.values() for note in table.notes)),
        flow=flow,
        first_post=found.first_post,
    )


def _name(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
