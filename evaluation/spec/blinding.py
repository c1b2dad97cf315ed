"""A blind run: which columns keep their rows, and which change rows inside a period."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from evaluation.errors import SpecError
from evaluation.spec.columns import DENOMINATOR_COLUMNS, ROW_COLUMNS
from evaluation.spec.dates import AGE, dated_columns
from evaluation.spec.derived import inputs_of, made_in_order
from evaluation.spec.design import RdDesign
from evaluation.spec.digest import spec_digest
from evaluation.spec.options import ColumnName
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of
from evaluation.spec.walk import marked_values

# The name under which a blind run's inputs, and with them its cells, differ from a real run's.
BLIND = "blind"
PLACES = frozenset({"path", "url", "table", "mapping", "correspondence"})
Group = Literal["outcomes", "others"]
GROUPS: tuple[Group, ...] = ("outcomes", "others")


@dataclass(frozen=True)
class Blinding:
    """How the rows of a panel are mixed.

    Attributes
    ----------
    seed
        What the order of units is drawn from.
    unit, time, time_unit
        The panel's own; rows change places inside a period of ``time``.
    place
        Columns of the source that stay: who and when a row is, what assigns treatment to it, and
        what its errors and levels are grouped by.
    outcomes
        Columns that move together: outcomes, and what makes a row one of the sample. Every other
        column moves by an order of its own.
    """

    seed: str
    unit: str | None
    time: str | None
    time_unit: str | None
    place: frozenset[str]
    outcomes: frozenset[str]

    @property
    def digest(self) -> str:
        """SHA-256 of all that says which row gets which values."""
        parts = [self.seed, self.unit, self.time, *sorted(self.place), "", *sorted(self.outcomes)]
        return hashlib.sha256("\0".join(str(part) for part in parts).encode()).hexdigest()

    def group(self, column: str) -> Group | None:
        """Return with which columns one moves, ``None`` for one that stays."""
        if column in self.place:
            return None
        return "outcomes" if column in self.outcomes else "others"

    def salt(self, group: Group) -> str:
        """Return what stands before a unit's name where its place in the order is drawn."""
        return f"{self.seed[:32]}:{group}:"


def blinding_of(spec: Spec, variants: Iterable[Spec] = ()) -> Blinding:
    """Return how a blind run of a spec mixes its rows.

    Parameters
    ----------
    spec
        The spec; its digest is the seed.
    variants
        Further specs that will be fitted on the same rows.

    Raises
    ------
    SpecError
        Where an outcome is made of what assigns treatment, so that the two cannot be parted.
    """
    specs = (spec, *variants)
    who = {name for name in (spec.panel.unit, spec.panel.time) if name is not None}
    assigning = {name for one in specs for name in _based_on(one, _assigning(one))}
    assigning -= who
    outcomes: set[str] = set()
    for one in specs:
        for name, outcome in one.outcomes.items():
            made = _based_on(one, [outcome.column])
            # What is looked up by the unit itself would follow it wherever its outcomes go.
            fixed = made & (assigning | (_looked_up_by(one, outcome.column)))
            if fixed:
                raise SpecError(
                    f"outcomes.{name}: is made of {', '.join(sorted(fixed))}, which "
                    "assigns treatment or names units, so that a blind run cannot part the two; "
                    "leave the outcome out, or run without --blind"
                )
            outcomes |= made
        outcomes |= _based_on(one, _selecting(one))
    grouping = {name for one in specs for name in _based_on(one, _grouping(one))}
    place = who | assigning | (grouping - outcomes)
    return Blinding(
        _seed(spec),
        spec.panel.unit,
        spec.panel.time,
        time_unit_of(spec),
        frozenset(place),
        frozenset(outcomes - place),
    )


def _seed(spec: Spec) -> str:
    """Return a digest of all that a spec asks; where its files lie changes no row."""
    tables = dict(spec.origin.raw) or spec.model_dump(mode="json")
    panel = {key: value for key, value in tables["panel"].items() if key not in PLACES}
    joins = [
        {key: value for key, value in join.items() if key not in PLACES}
        for join in tables.get("joins", ())
    ]
    return spec_digest({**tables, "panel": panel, "joins": joins, BLIND: True})


def _assigning(spec: Spec) -> Iterator[str]:
    """Yield the columns that say who is treated, and when."""
    design = spec.design
    received = getattr(design, "treatment", None)
    # What is received is moved by what assigns it: it is measured, as outcomes are.
    measured = isinstance(design, RdDesign) or getattr(design, "instrument", None) is not None
    dated = dated_columns(spec)
    for where, column in marked_values(design, ColumnName):
        if received is None or not measured or where != "treatment.column":
            own = dated.get(f"design.{where}")
            yield column if own is None else own.column
    if any(outcome.at_age is not None for outcome in spec.outcomes.values()):
        yield AGE


def _selecting(spec: Spec) -> Iterator[str]:
    """Yield the columns that the kind of rows and the denominator are read from."""
    yield from DENOMINATOR_COLUMNS[spec.sample.denominator]
    if isinstance(spec.sample.rows, str):
        yield from ROW_COLUMNS[spec.sample.rows]


def _grouping(spec: Spec) -> Iterator[str]:
    """Yield the columns that rows, errors and levels are grouped by, and keys of other files."""
    if spec.panel.weight is not None:
        yield spec.panel.weight
    if not isinstance(spec.sample.rows, str):
        yield from spec.sample.rows.by
    for join in spec.joins:
        yield from join.on
    for model in spec.models:
        yield from (*model.clusters, *model.fixed_effects)
        if model.group_trends is not None:
            yield model.group_trends


def _based_on(spec: Spec, columns: Iterable[str]) -> set[str]:
    """Return the columns of the source that some columns follow from, keys of joins among them."""
    found: set[str] = set()
    for column in columns:
        for name in (*made_in_order(spec.derive, [column]), column):
            made = inputs_of(spec.derive[name]) if name in spec.derive else (name,)
            found |= {one for one in made if one not in spec.derive}
    for join in reversed(spec.joins):
        if found & {*join.columns}:
            found = (found - {*join.columns}) | {*join.on}
    return found


def _looked_up_by(spec: Spec, column: str) -> set[str]:
    """Return the unit where a column is looked up in another file, else nothing."""
    names = {name for join in spec.joins for name in join.columns}
    made = made_in_order(spec.derive, [column])
    based = {column, *(one for name in made for one in inputs_of(spec.derive[name]))}
    return {spec.panel.unit} if names & based and spec.panel.unit is not None else set()
